package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class InMemoryRepositoryTest extends RepositoryContract<Book> {

    @Override
    protected Repository<Book, Long> repository() {
        return InMemoryRepository.builder(Book.class, IdCodec.LONG, Book::id)
                .onCreate((book, number) -> new Book(number, book.title(), book.price(), book.nick()))
                .pageSize(3)
                .build();
    }

    @Override
    protected Book entity(Book book) {
        return book;
    }

    @Override
    protected Book book(Book entity) {
        return entity;
    }

    @Test
    void an_id_is_created_once() {
        Repository<String[], String> names = InMemoryRepository.builder(String[].class, IdCodec.STRING, name -> name[0])
                .build();
        names.create(new String[] {"a"});

        assertThatThrownBy(() -> names.create(new String[] {"a"})).isInstanceOf(RemoteResponseException.class);
        assertThatThrownBy(() -> names.find("..")).isInstanceOf(IllegalArgumentException.class);
    }
}
