package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every repository answers, wherever its entities live. */
public abstract class RepositoryContract<T> {

    private Repository<T, Long> books;

    /** An empty repository that counts ids from 1 and has pages of 3. */
    protected abstract Repository<T, Long> repository() throws Exception;

    /** The repository's entity with this content. */
    protected abstract T entity(Book book);

    /** The content of the repository's entity. */
    protected abstract Book book(T entity);

    @BeforeEach
    void four_books() throws Exception {
        books = repository();
        books.create(entity(Book.titled("Margins", 5)));
        books.create(entity(Book.titled("margarine", 9)));
        books.create(entity(Book.titled("Nothing, and 100% more & so", 12)));
        books.create(entity(new Book(null, "Ünder", 9, "u")));
    }

    @Test
    void a_created_entity_has_an_id_and_is_found() {
        Book created = book(books.create(entity(Book.titled("New", 1))));

        assertThat(created).isEqualTo(new Book(5L, "New", 1, null));
        assertThat(book(books.get(5L))).isEqualTo(created);
        assertThat(books.find(5L).map(this::book)).contains(created);
    }

    @Test
    void a_missing_entity_is_empty_for_find_and_an_exception_for_get() {
        assertThat(books.find(99L)).isEmpty();
        assertThatThrownBy(() -> books.get(99L))
                .isInstanceOfSatisfying(
                        EntityNotFoundException.class, e -> assertThat(e.id()).isEqualTo("99"));
    }

    @Test
    void a_missing_entity_cannot_be_changed_and_deleting_it_is_false() {
        assertThatThrownBy(() -> books.update(99L, entity(Book.titled("x", 1))))
                .isInstanceOf(EntityNotFoundException.class);
        assertThatThrownBy(() -> books.patch(99L, Patch.of("price", 1))).isInstanceOf(EntityNotFoundException.class);
        assertThat(books.delete(99L)).isFalse();
    }

    @Test
    void get_all_gives_the_found_ones_once_in_the_order_of_asking() {
        assertThat(books.getAll(List.of(3L, 99L, 1L, 3L)).keySet()).containsExactly(3L, 1L);
        assertThat(books.getAll(List.of())).isEmpty();
    }

    @Test
    void get_all_is_not_cut_by_the_page_size() {
        assertThat(books.getAll(List.of(1L, 2L, 3L, 4L))).hasSize(4);
    }

    @Test
    void update_replaces_the_content_and_keeps_the_id() {
        assertThat(book(books.update(2L, entity(new Book(77L, "Butter", 3, "b")))))
                .isEqualTo(new Book(2L, "Butter", 3, "b"));
        assertThat(book(books.get(2L)).title()).isEqualTo("Butter");
        assertThat(books.find(77L)).isEmpty();
    }

    @Test
    void patch_changes_only_what_it_names_and_clears_with_null() {
        assertThat(book(books.patch(4L, Patch.of("price", 1).and("nick", null))))
                .isEqualTo(new Book(4L, "Ünder", 1, null));
        assertThat(book(books.get(4L))).isEqualTo(new Book(4L, "Ünder", 1, null));
    }

    @Test
    void a_deleted_entity_is_gone() {
        assertThat(books.delete(1L)).isTrue();
        assertThat(books.find(1L)).isEmpty();
        assertThat(books.filter(Query.all()).stream()).hasSize(3);
    }

    static Stream<Arguments> queries() {
        return Stream.of(
                Arguments.of(Query.where("title", "Margins"), List.of(1L)),
                Arguments.of(Query.where("title", "Nothing, and 100% more & so"), List.of(3L)),
                Arguments.of(Query.where("title__exact", "Ünder"), List.of(4L)),
                Arguments.of(Query.where("title__iexact", "MARGINS"), List.of(1L)),
                Arguments.of(Query.where("title__contains", "arg"), List.of(1L, 2L)),
                Arguments.of(Query.where("title__icontains", "MARG"), List.of(1L, 2L)),
                Arguments.of(Query.where("title__startswith", "Marg"), List.of(1L)),
                Arguments.of(Query.where("title__istartswith", "Marg"), List.of(1L, 2L)),
                Arguments.of(Query.where("title__endswith", "ins"), List.of(1L)),
                Arguments.of(Query.where("price__gt", 9), List.of(3L)),
                Arguments.of(Query.where("price__gte", 9), List.of(2L, 3L, 4L)),
                Arguments.of(Query.where("price__lt", 9), List.of(1L)),
                Arguments.of(Query.where("price__lte", 9).and("title__icontains", "mar"), List.of(1L, 2L)),
                Arguments.of(Query.where("price__in", List.of(12, 5)), List.of(1L, 3L)),
                Arguments.of(Query.where("price__in", List.of()), List.of()),
                Arguments.of(Query.where("price__range", List.of(6, 12)), List.of(2L, 3L, 4L)),
                Arguments.of(Query.where("nick__isnull", true), List.of(1L, 2L, 3L)),
                Arguments.of(Query.where("nick__isnull", false), List.of(4L)),
                Arguments.of(Query.where("title__contains", "100%"), List.of(3L)),
                Arguments.of(Query.where("title__contains", "M%s"), List.of()),
                Arguments.of(Query.where("title__icontains", "_arg"), List.of()),
                Arguments.of(Query.where("title__startswith", "!"), List.of()),
                Arguments.of(Query.where("nick", "u"), List.of(4L)));
    }

    @ParameterizedTest
    @MethodSource("queries")
    void a_lookup_means_the_same_everywhere(Query query, List<Long> ids) {
        assertThat(books.filter(query.orderBy("id")).stream().map(this::book).map(Book::id))
                .containsExactlyElementsOf(ids);
    }

    @Test
    void lists_come_in_order_page_by_page() {
        Page<T> first = books.filter(Query.all().orderBy("-price", "title"));

        assertThat(first.items()).extracting(each -> book(each).id()).containsExactly(3L, 2L, 4L);
        assertThat(first.count()).hasValue(4);
        Page<T> second = first.next().orElseThrow();
        assertThat(second.items()).extracting(each -> book(each).id()).containsExactly(1L);
        assertThat(second.next()).isEmpty();
        assertThat(first.stream()).hasSize(4);
        assertThat(first.stream(1)).hasSize(3);
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
    void a_query_sets_the_page_size() {
        assertThat(books.filter(Query.all().size(2)).items()).hasSize(2);
    }

    @Test
    void what_a_caller_got_is_nobody_elses() {
        assertThat(book(books.get(1L))).isEqualTo(book(books.get(1L)));
        assertThat(books.get(1L)).isNotSameAs(books.get(1L));
    }

    @Test
    void null_is_refused() {
        assertThatThrownBy(() -> books.find(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> books.create(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> books.update(1L, null)).isInstanceOf(NullPointerException.class);
    }
}
