package dev.dowel.remotemodel.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.dowel.remotemodel.EntityNotFoundException;
import dev.dowel.remotemodel.Page;
import dev.dowel.remotemodel.Patch;
import dev.dowel.remotemodel.Query;
import dev.dowel.remotemodel.Repository;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What every repository answers, wherever its entities live. {@code RemoteModel} and {@code InMemoryRepository} pass it; a
 * repository of your own that passes it can be exchanged for them. Each test starts with an empty repository.
 *
 * <pre>{@code
 * class LocalBooksTest extends RepositoryContractTest<Book, Long> {
 *
 *     @Override
 *     protected Repository<Book, Long> emptyRepository() {
 *         return new LocalBooks(emptyDatabase());
 *     }
 *
 *     @Override
 *     protected EntityFields<Book, Long> fields() {
 *         return EntityFields.<Book, Long>of(Book::id, "title", Book::title, "price", Book::price)
 *                 .nullable("nick", Book::nick);
 *     }
 *
 *     @Override
 *     protected Book entity(String title, int price, String nick) {
 *         return new Book(null, title, price, nick);
 *     }
 * }
 * }</pre>
 *
 * @param <T> the entity
 * @param <ID> its identifier
 */
public abstract class RepositoryContractTest<T, ID> {

    private static final String ODD = "Nothing, and 100% more & so";

    private @Nullable Repository<T, ID> repository;

    private @Nullable EntityFields<T, ID> fields;

    /** The ids of the four entities that each test starts with. */
    private final List<ID> ids = new ArrayList<>();

    /** Makes the test; JUnit does so for each of its methods. */
    protected RepositoryContractTest() {}

    /**
     * Returns the repository under test; called once for each test.
     *
     * @return a repository without entities
     * @throws Exception when it cannot be made, which fails the test
     */
    protected abstract Repository<T, ID> emptyRepository() throws Exception;

    /**
     * Returns which fields the tests work with.
     *
     * @return the fields by their names in queries and patches
     */
    protected abstract EntityFields<T, ID> fields();

    /**
     * Makes an entity that is not stored yet.
     *
     * @param text the value of the text field
     * @param number the value of the number field
     * @param nullable the value of the field that may be null, always null when {@link #fields} has none
     * @return the entity, with an id only when the repository gives none
     */
    protected abstract T entity(String text, int number, @Nullable String nullable);

    @BeforeEach
    final void createFourEntities() throws Exception {
        repository = emptyRepository();
        fields = fields();
        boolean hasNullable = !fields.nullableName.isEmpty();
        ids.clear();
        ids.add(id(repository.create(entity("Margins", 5, null))));
        ids.add(id(repository.create(entity("margarine", 9, null))));
        ids.add(id(repository.create(entity(ODD, 12, null))));
        ids.add(id(repository.create(entity("Ünder", 9, hasNullable ? "u" : null))));
    }

    @Test
    void a_created_entity_has_an_id_and_is_found() {
        T created = repository().create(entity("New", 1, null));
        ID id = id(created);

        assertFalse(ids.contains(id), "a new entity has the id of another");
        assertIs("New", 1, null, created);
        assertIs("New", 1, null, repository().get(id));
        assertIs("New", 1, null, repository().find(id).orElseThrow());
        assertEquals(5, all(Query.all()).size());
    }

    @Test
    void a_missing_entity_is_empty_for_find_and_an_exception_for_get() {
        ID missing = missing();

        assertEquals(Optional.empty(), repository().find(missing));
        assertThrows(EntityNotFoundException.class, () -> repository().get(missing));
    }

    @Test
    void a_missing_entity_cannot_be_changed_and_deleting_it_is_false() {
        ID missing = missing();

        assertThrows(EntityNotFoundException.class, () -> repository().update(missing, entity("x", 1, null)));
        assertThrows(EntityNotFoundException.class, () -> repository().patch(missing, Patch.of(known().numberName, 1)));
        assertFalse(repository().delete(missing));
        assertEquals(4, all(Query.all()).size());
    }

    @Test
    void get_all_gives_the_found_ones_once_in_the_order_of_asking() {
        ID missing = missing();
        Map<ID, T> found = repository().getAll(List.of(ids.get(2), missing, ids.get(0), ids.get(2)));

        assertEquals(List.of(ids.get(2), ids.get(0)), List.copyOf(found.keySet()));
        assertIs(ODD, 12, null, Objects.requireNonNull(found.get(ids.get(2))));
        assertEquals(Map.of(), repository().getAll(List.of()));
        assertEquals(4, repository().getAll(ids).size());
    }

    @Test
    void update_replaces_the_content_and_keeps_the_id() {
        T updated = repository().update(ids.get(1), entity("Butter", 3, null));

        assertEquals(ids.get(1), id(updated));
        assertIs("Butter", 3, null, updated);
        assertIs("Butter", 3, null, repository().get(ids.get(1)));
        assertEquals(4, all(Query.all()).size());
    }

    @Test
    void patch_changes_only_what_it_names() {
        T patched = repository().patch(ids.get(0), Patch.of(known().numberName, 1));

        assertEquals(ids.get(0), id(patched));
        assertIs("Margins", 1, null, patched);
        assertIs("Margins", 1, null, repository().get(ids.get(0)));
        assertIs("margarine", 9, null, repository().get(ids.get(1)));
    }

    @TestFactory
    Stream<DynamicTest> what_may_be_null_is_cleared_by_a_patch_and_by_an_update_without_it() {
        if (known().nullableName.isEmpty()) {
            return Stream.empty();
        }
        return Stream.of(
                dynamicTest("patch", () -> {
                    repository().patch(ids.get(3), Patch.of(known().numberName, 1));
                    assertIs("Ünder", 1, "u", repository().get(ids.get(3)));
                    T patched = repository().patch(ids.get(3), Patch.of(known().nullableName, null));

                    assertIs("Ünder", 1, null, patched);
                    assertIs("Ünder", 1, null, repository().get(ids.get(3)));
                }),
                dynamicTest("update", () -> {
                    repository().update(ids.get(3), entity("Ünder", 9, "u"));
                    assertIs("Ünder", 9, "u", repository().get(ids.get(3)));
                    repository().update(ids.get(3), entity("Ünder", 9, null));

                    assertIs("Ünder", 9, null, repository().get(ids.get(3)));
                }));
    }

    @Test
    void a_deleted_entity_is_gone() {
        assertTrue(repository().delete(ids.get(0)));

        assertEquals(Optional.empty(), repository().find(ids.get(0)));
        assertFalse(repository().delete(ids.get(0)));
        assertEquals(3, all(Query.all()).size());
    }

    @TestFactory
    Stream<DynamicTest> a_lookup_means_the_same_everywhere() {
        String text = known().textName;
        String number = known().numberName;
        List<DynamicTest> tests = new ArrayList<>();
        lookup(tests, text, "Margins", 0);
        lookup(tests, text, ODD, 2);
        lookup(tests, text + "__exact", "Ünder", 3);
        lookup(tests, text + "__exact", "margins");
        lookup(tests, text + "__iexact", "MARGINS", 0);
        lookup(tests, text + "__contains", "arg", 0, 1);
        lookup(tests, text + "__contains", "100%", 2);
        lookup(tests, text + "__contains", "M%s");
        lookup(tests, text + "__icontains", "MARG", 0, 1);
        lookup(tests, text + "__icontains", "_arg");
        lookup(tests, text + "__startswith", "!");
        lookup(tests, text + "__startswith", "Marg", 0);
        lookup(tests, text + "__istartswith", "Marg", 0, 1);
        lookup(tests, text + "__endswith", "ins", 0);
        lookup(tests, text + "__in", List.of("Margins", "margarine", "x"), 0, 1);
        lookup(tests, number, 9, 1, 3);
        lookup(tests, number + "__gt", 9, 2);
        lookup(tests, number + "__gte", 9, 1, 2, 3);
        lookup(tests, number + "__lt", 9, 0);
        lookup(tests, number + "__lte", 9, 0, 1, 3);
        lookup(tests, number + "__in", List.of(12, 5), 0, 2);
        lookup(tests, number + "__in", List.of());
        lookup(tests, number + "__range", List.of(6, 12), 1, 2, 3);
        if (!known().nullableName.isEmpty()) {
            String nullable = known().nullableName;
            lookup(tests, nullable + "__isnull", true, 0, 1, 2);
            lookup(tests, nullable + "__isnull", false, 3);
            lookup(tests, nullable, "u", 3);
        }
        return tests.stream();
    }

    private void lookup(List<DynamicTest> tests, String lookup, Object value, int... expected) {
        List<String> texts = List.of("Margins", "margarine", ODD, "Ünder");
        List<String> wanted = new ArrayList<>();
        for (int index : expected) {
            wanted.add(texts.get(index));
        }
        wanted.sort(null);
        tests.add(dynamicTest(lookup + " " + value, () -> {
            List<String> found = new ArrayList<>(texts(all(Query.where(lookup, value))));
            found.sort(null);
            assertEquals(wanted, found);
        }));
    }

    @Test
    void all_conditions_have_to_hold() {
        Query query = Query.where(known().numberName + "__lte", 9).and(known().textName + "__icontains", "mar");

        assertEquals(List.of("Margins", "margarine"), texts(all(query.orderBy(known().numberName))));
    }

    @Test
    void lists_come_in_order_page_by_page() {
        Query query = Query.all().orderBy("-" + known().numberName, known().textName);
        Page<T> first = repository().filter(query.size(3));

        assertEquals(List.of(ODD, "margarine", "Ünder"), texts(first.items()));
        first.count().ifPresent(count -> assertEquals(4, count));
        Page<T> second = first.next().orElseThrow();
        assertEquals(List.of("Margins"), texts(second.items()));
        assertEquals(Optional.empty(), second.next());
        assertEquals(4, first.stream().count());
        assertEquals(3, first.stream(1).count());
    }

    @Test
    void null_is_refused() {
        assertThrows(NullPointerException.class, () -> repository().find(nothing()));
        assertThrows(NullPointerException.class, () -> repository().create(nothing()));
        assertThrows(NullPointerException.class, () -> repository().update(ids.get(0), nothing()));
        assertThrows(NullPointerException.class, () -> repository().patch(ids.get(0), nothing()));
    }

    /** Null where none belongs, which only a caller without null checks would pass. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <X> X nothing() {
        return null;
    }

    private ID missing() {
        ID id = id(repository().create(entity("Missing", 1, null)));
        assertTrue(repository().delete(id));
        return id;
    }

    private void assertIs(String text, int number, @Nullable String nullable, T actual) {
        assertEquals(text, known().text.apply(actual), known().textName);
        assertEquals(number, known().number.applyAsInt(actual), known().numberName);
        if (nullable == null) {
            assertNull(known().nullable.apply(actual), known().nullableName);
        } else {
            assertEquals(nullable, known().nullable.apply(actual), known().nullableName);
        }
    }

    private List<T> all(Query query) {
        return repository().filter(query).stream().toList();
    }

    private List<@Nullable String> texts(List<T> entities) {
        List<@Nullable String> texts = new ArrayList<>();
        entities.forEach(entity -> texts.add(known().text.apply(entity)));
        return texts;
    }

    private ID id(T entity) {
        ID id = known().id.apply(entity);
        assertNotEquals(null, id, "a created entity has no id");
        return Objects.requireNonNull(id);
    }

    private Repository<T, ID> repository() {
        return Objects.requireNonNull(repository, "emptyRepository() gave null");
    }

    private EntityFields<T, ID> known() {
        return Objects.requireNonNull(fields, "fields() gave null");
    }
}
