package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.remotemodel.testing.EntityFields;
import dev.dowel.remotemodel.testing.RepositoryContractTest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The published contract for books, and what only our own repositories promise: ids from 1, pages of 3, copies. */
abstract class RepositoryContract extends RepositoryContractTest<Book, Long> {

    private Repository<Book, Long> books;

    /** An empty repository that counts ids from 1 and has pages of 3. */
    abstract Repository<Book, Long> repository() throws Exception;

    @Override
    protected final Repository<Book, Long> emptyRepository() throws Exception {
        books = repository();
        return books;
    }

    @Override
    protected final EntityFields<Book, Long> fields() {
        return EntityFields.<Book, Long>of(Book::id, "title", Book::title, "price", Book::price)
                .nullable("nick", Book::nick);
    }

    @Override
    protected final Book entity(String title, int price, String nick) {
        return new Book(null, title, price, nick);
    }

    @Test
    void a_created_entity_has_the_next_id() {
        Book created = books.create(Book.titled("New", 1));

        assertThat(created).isEqualTo(new Book(5L, "New", 1, null));
        assertThat(books.get(5L)).isEqualTo(created);
        assertThat(books.filter(Query.all().orderBy("id")).stream().map(Book::id))
                .containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void the_exception_for_a_missing_entity_names_its_id() {
        assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                                EntityNotFoundException.class, () -> books.get(99L))
                        .id())
                .isEqualTo("99");
    }

    @Test
    void a_page_has_three_books_and_get_all_is_not_cut_by_it() {
        assertThat(books.filter(Query.all()).items()).hasSize(3);
        assertThat(books.filter(Query.all()).count()).hasValue(4);
        assertThat(books.getAll(List.of(1L, 2L, 3L, 4L))).hasSize(4);
    }

    @Test
    void a_query_sets_the_page_size() {
        assertThat(books.filter(Query.all().size(2)).items()).hasSize(2);
    }

    @Test
    void an_id_in_the_content_does_not_move_an_entity() {
        assertThat(books.update(2L, new Book(77L, "Butter", 3, "b"))).isEqualTo(new Book(2L, "Butter", 3, "b"));
        assertThat(books.get(2L).title()).isEqualTo("Butter");
        assertThat(books.find(77L)).isEmpty();
    }

    @Test
    void one_patch_changes_one_field_and_clears_another() {
        assertThat(books.patch(4L, Patch.of("price", 1).and("nick", null))).isEqualTo(new Book(4L, "Ünder", 1, null));
        assertThat(books.get(4L)).isEqualTo(new Book(4L, "Ünder", 1, null));
    }

    @Test
    void what_a_caller_got_is_nobody_elses() {
        assertThat(books.get(1L)).isEqualTo(books.get(1L)).isNotSameAs(books.get(1L));
    }
}
