package dev.dowel.remotemodel.jpa;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.dowel.remotemodel.Book;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The entities of the tests. */
final class Rows {

    private Rows() {}

    /** The contract's book as an entity. */
    @Entity(name = "Book")
    static class BookRow {
        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        Long id;

        String title;
        int price;

        @Column(unique = true)
        String nick;

        static BookRow of(Book book) {
            BookRow row = new BookRow();
            row.id = book.id();
            row.title = book.title();
            row.price = book.price();
            row.nick = book.nick();
            return row;
        }

        Book book() {
            return new Book(id, title, price, nick);
        }
    }

    @Entity(name = "Author")
    static class Author {
        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        Long id;

        String name;

        @ManyToOne(fetch = FetchType.LAZY)
        Author mentor;

        static Author named(String name) {
            Author author = new Author();
            author.name = name;
            return author;
        }
    }

    @Embeddable
    static class Place {
        String city;
        Integer floor;
    }

    @Embeddable
    record Size(Integer width, Integer height) {}

    /** Has an assigned id, an author, lists and embedded values. */
    @Entity(name = "Novel")
    static class Novel {
        @Id
        String id;

        String title;

        @ManyToOne(fetch = FetchType.LAZY)
        Author author;

        @ElementCollection
        @OrderBy
        List<String> tags = new ArrayList<>();

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        List<Author> guests = new ArrayList<>();

        @Embedded
        Place place;

        @Embedded
        Size size;

        static Novel of(String id, String title, Author author) {
            Novel novel = new Novel();
            novel.id = id;
            novel.title = title;
            novel.author = author;
            return novel;
        }
    }

    enum Colour {
        RED,
        BLUE
    }

    /** One attribute of every kind that a query can compare. */
    @Entity(name = "Everything")
    static class Everything {
        @Id
        UUID id;

        boolean flag;
        Boolean maybe;
        short small;
        long large;
        Double fraction;

        @Column(precision = 20, scale = 4)
        BigDecimal price;

        @Column(name = "on_day")
        LocalDate day;

        Instant instant;

        @Enumerated(EnumType.STRING)
        Colour colour;
    }

    @Entity(name = "Versioned")
    static class Versioned {
        @Id
        Long id;

        @Column(nullable = false)
        String text;

        @Version
        Long version;

        static Versioned of(Long id, String text, Long version) {
            Versioned row = new Versioned();
            row.id = id;
            row.text = text;
            row.version = version;
            return row;
        }
    }

    @Entity(name = "Counted")
    static class Counted {
        @Id
        public Long id;

        public String text;

        @JsonIgnore
        @Version
        public int version;

        static Counted of(Long id, String text) {
            Counted row = new Counted();
            row.id = id;
            row.text = text;
            return row;
        }
    }
}
