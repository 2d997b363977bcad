package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dowel.remotemodel.testing.EntityFields;
import dev.dowel.remotemodel.testing.RepositoryContractTest;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The published contract for books, and what only our own repositories promise: ids from 1, pages of 3, copies. */
public abstract class RepositoryContract<T> extends RepositoryContractTest<T, Long> {

    private Repository<T, Long> books;

    /** An empty repository that counts ids from 1 and has pages of 3. */
    protected abstract Repository<T, Long> repository() throws Exception;

    /** The repository's entity with this content. */
    protected abstract T entity(Book book);

    /** The content of the repository's entity. */
    protected abstract Book book(T entity);

    @Override
    protected final Repository<T, Long> emptyRepository() throws Exception {
        books = repository();
        return books;
    }

    @Override
    protected final EntityFields<T, Long> fields() {
        return EntityFields.<T, Long>of(
                        each -> book(each).id(),
                        "title",
                        each -> book(each).title(),
                        "price",
                        each -> book(each).price())
                .nullable("nick", each -> book(each).nick());
    }

    @Override
    protected final T entity(String title, int price, String nick) {
        return entity(new Book(null, title, price, nick));
    }

    @Test
    void a_created_entity_has_the_next_id() {
        Book created = book(books.create(entity(Book.titled("New", 1))));

        assertThat(created).isEqualTo(new Book(5L, "New", 1, null));
        assertThat(book(books.get(5L))).isEqualTo(created);
        assertThat(books.filter(Query.all().orderBy("id")).stream())
                .extracting(each -> book(each).id())
                .containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void the_exception_for_a_missing_entity_names_its_id() {
        assertThatThrownBy(() -> books.get(99L))
                .isInstanceOfSatisfying(
                        EntityNotFoundException.class, e -> assertThat(e.id()).isEqualTo("99"));
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
        assertThat(book(books.update(2L, entity(new Book(77L, "Butter", 3, "b")))))
                .isEqualTo(new Book(2L, "Butter", 3, "b"));
        assertThat(book(books.get(2L)).title()).isEqualTo("Butter");
        assertThat(books.find(77L)).isEmpty();
    }

    @Test
    void one_patch_changes_one_field_and_clears_another() {
        assertThat(book(books.patch(4L, Patch.of("price", 1).and("nick", null))))
                .isEqualTo(new Book(4L, "Ünder", 1, null));
        assertThat(book(books.get(4L))).isEqualTo(new Book(4L, "Ünder", 1, null));
    }

    @Test
    void what_is_missing_comes_last_and_first_when_turned_around() {
        assertThat(books.filter(Query.all().orderBy("nick", "id")).stream())
                .extracting(each -> book(each).id())
                .containsExactly(4L, 1L, 2L, 3L);
        assertThat(books.filter(Query.all().orderBy("-nick", "id")).stream())
                .extracting(each -> book(each).id())
                .containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void an_unknown_field_and_a_text_for_a_number_are_refused() {
        assertThatThrownBy(() -> books.filter(Query.where("colour", "red"))).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> books.filter(Query.where("price__gt", "cheap")))
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void what_a_caller_got_is_nobody_elses() {
        assertThat(book(books.get(1L))).isEqualTo(book(books.get(1L)));
        assertThat(books.get(1L)).isNotSameAs(books.get(1L));
    }

    @Test
    void an_id_that_is_null_is_refused_whatever_is_asked() {
        List<ThrowingCallable> calls = List.of(
                () -> books.find(null),
                () -> books.get(null),
                () -> books.getAll(Arrays.asList(1L, null)),
                () -> books.update(null, entity(Book.titled("New", 1))),
                () -> books.patch(null, Patch.of("price", 1)),
                () -> books.delete(null));

        assertThat(calls)
                .allSatisfy(call -> assertThatThrownBy(call)
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage("id"));
        assertThat(books.filter(Query.all()).count()).hasValue(4);
    }
}
