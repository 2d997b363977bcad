package dev.dowel.remotemodel.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dowel.remotemodel.Book;
import dev.dowel.remotemodel.EntityNotFoundException;
import dev.dowel.remotemodel.IdCodec;
import dev.dowel.remotemodel.IdPolicy;
import dev.dowel.remotemodel.InMemoryRepository;
import dev.dowel.remotemodel.MigratingRepository;
import dev.dowel.remotemodel.MigrationListener;
import dev.dowel.remotemodel.MigrationPlan;
import dev.dowel.remotemodel.Page;
import dev.dowel.remotemodel.Patch;
import dev.dowel.remotemodel.Query;
import dev.dowel.remotemodel.RemoteResponseException;
import jakarta.persistence.PersistenceException;
import java.lang.reflect.Constructor;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a repository over a database has beyond the contract, on each database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EntityManagerRepositoryTest {

    private final Database database = database();
    private final EntityManagerRepository<Rows.BookRow, Long> books = EntityManagerRepository.builder(
                    Rows.BookRow.class, IdCodec.LONG, database.factory)
            .name("books")
            .build();
    private final EntityManagerRepository<Rows.Novel, String> novels = novels().build();
    private final EntityManagerRepository<Rows.Everything, UUID> everything = EntityManagerRepository.builder(
                    Rows.Everything.class, IdCodec.UUID, database.factory)
            .build();
    private final EntityManagerRepository<Rows.Versioned, Long> versioned = EntityManagerRepository.builder(
                    Rows.Versioned.class, IdCodec.LONG, database.factory)
            .build();

    abstract Database database();

    private EntityManagerRepository.Builder<Rows.Novel, String> novels() {
        return EntityManagerRepository.builder(Rows.Novel.class, IdCodec.STRING, database.factory);
    }

    @BeforeEach
    void nothing_stored() {
        database.beside(manager -> {
            for (String entity : List.of("Novel", "Author", "Book", "Everything", "Versioned", "Document", "Counted")) {
                manager.createQuery("select e from " + entity + " e", Object.class)
                        .getResultList()
                        .forEach(manager::remove);
                manager.flush();
            }
            return 0;
        });
    }

    @AfterAll
    void stop() {
        database.close();
    }

    private Rows.Author author(String name, Rows.Author mentor) {
        return database.beside(manager -> {
            Rows.Author author = Rows.Author.named(name);
            author.mentor = mentor;
            manager.persist(author);
            return author;
        });
    }

    private Rows.BookRow book(String title, int price, String nick) {
        return books.create(Rows.BookRow.of(new Book(null, title, price, nick)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../users", "a/b", "a;x=1", "a\\b", "a\nb", "a\u0000b", "a%62"})
    void a_hostile_id_is_refused_as_by_the_remote_model(String id) {
        Statistics statistics = database.statistics();

        assertThatThrownBy(() -> novels.find(id)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> novels.delete(id)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> novels.getAll(List.of("a", id))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> novels.update(id, Rows.Novel.of("a", "x", null)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> novels.patch(id, Patch.of("title", "x"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> novels.create(Rows.Novel.of(id, "x", null)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(statistics.getPrepareStatementCount()).isZero();
    }

    @Test
    void an_id_with_a_slash_is_one_by_the_policy_for_it() {
        EntityManagerRepository<Rows.Novel, String> encoded =
                novels().idPolicy(IdPolicy.ENCODED).build();
        encoded.create(Rows.Novel.of("a/b", "x", null));

        assertThat(encoded.get("a/b").title).isEqualTo("x");
        assertThatThrownBy(() -> encoded.find("a/../b")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_thousand_ids_are_asked_for_in_lists_of_five_hundred() {
        Rows.BookRow book = book("x", 1, null);
        List<Long> ids =
                new ArrayList<>(LongStream.range(1_000_000, 1_000_999).boxed().toList());
        ids.add(book.id);
        Statistics statistics = database.statistics();

        assertThat(books.getAll(ids)).containsOnlyKeys(book.id);
        assertThat(statistics.getPrepareStatementCount()).isEqualTo(2);
    }

    @Test
    void a_page_is_one_statement_and_a_count_only_when_more_follows() {
        for (int i = 0; i < 5; i++) {
            book("Book " + i, i, null);
        }
        Statistics statistics = database.statistics();

        assertThat(books.filter(Query.all().size(5)).count()).hasValue(5);
        assertThat(statistics.getPrepareStatementCount()).isEqualTo(1);
        statistics.clear();
        assertThat(books.filter(Query.all().size(2)).stream()).hasSize(5);
        assertThat(statistics.getPrepareStatementCount()).isEqualTo(4);
    }

    @Test
    void entities_with_equal_order_are_on_one_page_each() {
        for (int i = 0; i < 9; i++) {
            book("same", 1, null);
        }

        assertThat(books.filter(Query.all().orderBy("title").size(2)).stream().map(row -> row.id))
                .hasSize(9)
                .doesNotHaveDuplicates();
    }

    @Test
    void fetched_attributes_cost_no_statement_per_entity_and_can_be_used_afterwards() {
        for (int i = 0; i < 6; i++) {
            Rows.Novel novel = Rows.Novel.of("n" + i, "Novel " + i, author("Author " + i, null));
            novel.tags.addAll(List.of("a", "b"));
            novels.create(novel);
        }
        EntityManagerRepository<Rows.Novel, String> whole =
                novels().fetch("author", "tags").build();
        EntityManagerRepository<Rows.Novel, String> authors =
                novels().fetch("author").build();
        Statistics statistics = database.statistics();

        Page<Rows.Novel> page = authors.filter(Query.all().orderBy("-title").size(6));
        assertThat(page.items()).extracting(novel -> novel.author.name).startsWith("Author 5", "Author 4");
        assertThat(statistics.getPrepareStatementCount()).isEqualTo(1);
        statistics.clear();
        page = whole.filter(Query.all().orderBy("-title").size(4));
        assertThat(page.items()).extracting(novel -> novel.id).containsExactly("n5", "n4", "n3", "n2");
        assertThat(page.items()).allSatisfy(novel -> assertThat(novel.tags).containsExactly("a", "b"));
        assertThat(page.count()).hasValue(6);
        assertThat(statistics.getPrepareStatementCount()).isEqualTo(3);
        statistics.clear();
        assertThat(whole.get("n1").tags).hasSize(2);
        assertThat(whole.getAll(List.of("n1", "n2")).get("n2").author.name).isEqualTo("Author 2");
        assertThat(statistics.getPrepareStatementCount()).isEqualTo(2);
    }

    @Test
    void a_path_leads_to_other_entities_and_into_embedded_values() {
        Rows.Author old = author("Old", null);
        Rows.Author young = author("Young", old);
        Rows.Novel first = Rows.Novel.of("1", "First", young);
        first.place = new Rows.Place();
        first.place.city = "Rome";
        novels.create(first);
        novels.create(Rows.Novel.of("2", "Second", old));
        novels.create(Rows.Novel.of("3", "Third", null));

        assertThat(ids(Query.where("author__name", "Young"))).containsExactly("1");
        assertThat(ids(Query.where("author__mentor__name__istartswith", "o"))).containsExactly("1");
        assertThat(ids(Query.where("author", old.id))).containsExactly("2");
        assertThat(ids(Query.where("author__id__in", List.of(old.id, young.id))))
                .containsExactly("1", "2");
        assertThat(ids(Query.where("author__isnull", true))).containsExactly("3");
        assertThat(ids(Query.where("author__name__isnull", true))).containsExactly("3");
        assertThat(ids(Query.where("place__city", "Rome"))).containsExactly("1");
        assertThat(ids(Query.all().orderBy("author__name"))).containsExactly("2", "1", "3");
        assertThat(ids(Query.all().orderBy("-author__name"))).containsExactly("3", "1", "2");
    }

    private List<String> ids(Query query) {
        return novels.filter(query).stream().map(novel -> novel.id).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "colour__shade, 1, has no field",
        "nothing, 1, has no field nothing",
        "title__regex, a, has no field",
        "author__nothing, 1, has no field nothing",
        "tags, a, many values",
        "guests__name, a, many values",
        "place, x, is not one value",
        "author, x, is not a Long",
        "author__mentor__mentor__mentor__mentor__name, x, more than 5 steps"
    })
    void a_field_that_is_not_one_is_refused_by_name(String lookup, String value, String message) {
        assertThatThrownBy(() -> novels.filter(Query.where(lookup, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void no_name_and_no_value_reaches_the_statement() {
        book("'; drop table Book; --", 1, null);

        assertThat(books.filter(Query.where("title", "'; drop table Book; --")).items())
                .hasSize(1);
        assertThat(books.filter(Query.where("title__contains", "' or '1'='1")).items())
                .isEmpty();
        for (String name : List.of("id_or_1", "class", "TYPE", "getClass", "e", "book", "Id", "TITLE")) {
            assertThatThrownBy(() -> books.filter(Query.where(name, 1))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> books.filter(Query.all().orderBy(name)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(
                            () -> books.patch(books.filter(Query.all()).items().get(0).id, Patch.of(name, 1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void values_are_compared_as_what_the_attribute_is() {
        Rows.Everything row = new Rows.Everything();
        row.id = UUID.fromString("00000000-0000-0000-0000-00000000000a");
        row.flag = true;
        row.small = 7;
        row.large = 10_000_000_000L;
        row.fraction = 0.5;
        row.price = new BigDecimal("9.9900");
        row.day = LocalDate.parse("2026-02-03");
        row.instant = Instant.parse("2026-02-03T04:05:06Z");
        row.colour = Rows.Colour.BLUE;
        everything.create(row);

        for (Query query : List.of(
                Query.where("id", row.id),
                Query.where("id__in", List.of(row.id, UUID.randomUUID())),
                Query.where("flag", true),
                Query.where("flag", "TRUE"),
                Query.where("maybe__isnull", "True"),
                Query.where("small__gte", "7.0"),
                Query.where("large__gt", 9_999_999_999L),
                Query.where("fraction__range", List.of("0.4", "6e-1")),
                Query.where("price", "9.99"),
                Query.where("price__lt", new BigDecimal("10")),
                Query.where("day__gt", LocalDate.parse("2026-02-02")),
                Query.where("instant__lte", Instant.parse("2026-02-03T04:05:06Z")),
                Query.where("instant", "2026-02-03T05:05:06+01:00"),
                Query.where("colour", Rows.Colour.BLUE),
                Query.where("colour__iexact", "BLUE"),
                Query.where("colour__in", List.of("RED", "BLUE")))) {
            assertThat(everything.filter(query).items()).as("%s", query).hasSize(1);
        }
        assertThat(everything.filter(Query.where("colour", "RED")).items()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "small, 70000",
        "small, 1.5",
        "large, canary",
        "price, 1e999999999",
        "price, NaN",
        "flag, canary",
        "day, canary",
        "instant, 2026-02-03",
        "colour, canary",
        "colour__gt, BLUE",
        "price__contains, canary",
        "id, canary"
    })
    void a_value_of_another_type_is_refused_and_not_repeated(String lookup, String value) {
        assertThatThrownBy(() -> everything.filter(Query.where(lookup, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("field " + lookup.replaceAll("__.*", ""))
                .message()
                .doesNotContain("canary");
    }

    @Test
    void a_violated_constraint_is_a_409_without_the_value() {
        book("a", 1, "canary");
        Rows.BookRow other = book("b", 1, "c");

        for (ThrowingCallable write : List.<ThrowingCallable>of(
                () -> book("c", 1, "canary"),
                () -> books.patch(other.id, Patch.of("nick", "canary")),
                () -> books.update(other.id, Rows.BookRow.of(new Book(null, "b", 1, "canary"))))) {
            assertThatThrownBy(write).isInstanceOfSatisfying(RemoteResponseException.class, e -> {
                assertThat(e.status()).isEqualTo(409);
                assertThat(e).hasMessageContaining("books").hasNoCause();
                assertThat(e.getMessage()).doesNotContain("canary");
            });
        }
        assertThat(books.get(other.id).nick).isEqualTo("c");
    }

    @Test
    void a_value_that_must_not_be_missing_is_a_409() {
        versioned.create(Rows.Versioned.of(1L, "one", null));

        for (ThrowingCallable write : List.<ThrowingCallable>of(
                () -> versioned.create(Rows.Versioned.of(2L, null, null)),
                () -> versioned.update(1L, Rows.Versioned.of(1L, null, null)),
                () -> versioned.patch(1L, Patch.of("text", null)))) {
            assertThatThrownBy(write)
                    .isInstanceOfSatisfying(
                            RemoteResponseException.class,
                            e -> assertThat(e.status()).isEqualTo(409));
        }
        assertThat(versioned.get(1L).text).isEqualTo("one");
    }

    @Test
    void an_assigned_id_is_created_once_and_a_generated_one_cannot_be_given() {
        novels.create(Rows.Novel.of("a", "x", null));

        assertThatThrownBy(() -> novels.create(Rows.Novel.of("a", "y", null)))
                .isInstanceOfSatisfying(
                        RemoteResponseException.class,
                        e -> assertThat(e.status()).isEqualTo(409));
        assertThat(novels.get("a").title).isEqualTo("x");
        assertThatThrownBy(() -> books.create(Rows.BookRow.of(new Book(7L, "x", 1, null))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void another_version_is_a_409_and_no_version_replaces() {
        versioned.create(Rows.Versioned.of(1L, "one", null));
        Rows.Versioned read = versioned.get(1L);
        versioned.update(1L, Rows.Versioned.of(null, "two", null));

        assertThatThrownBy(() -> versioned.update(1L, read))
                .isInstanceOfSatisfying(
                        RemoteResponseException.class,
                        e -> assertThat(e.status()).isEqualTo(409));
        assertThat(versioned.get(1L).text).isEqualTo("two");
        assertThat(versioned.update(1L, versioned.get(1L)).text).isEqualTo("two");
        assertThat(versioned.patch(1L, Patch.of("text", "three")).text).isEqualTo("three");
    }

    private EntityManagerRepository.Builder<Rows.Counted, Long> counted() {
        return EntityManagerRepository.builder(Rows.Counted.class, IdCodec.LONG, database.factory);
    }

    @Test
    void the_first_version_is_one_although_it_is_zero() {
        EntityManagerRepository<Rows.Counted, Long> rows = counted().build();
        Rows.Counted first = rows.create(Rows.Counted.of(1L, "one"));
        rows.update(1L, Rows.Counted.of(1L, "two"));
        first.text = "three";

        assertThatThrownBy(() -> rows.update(1L, first))
                .isInstanceOfSatisfying(
                        RemoteResponseException.class,
                        e -> assertThat(e.status()).isEqualTo(409));
    }

    @Test
    void a_side_that_ignores_versions_takes_every_second_write_of_a_migration() {
        InMemoryRepository<Rows.Counted, Long> remote = InMemoryRepository.builder(
                        Rows.Counted.class, IdCodec.LONG, row -> row.id)
                .build();
        List<String> failures = new ArrayList<>();
        try (MigratingRepository<Rows.Counted, Long> rows = MigratingRepository.builder(
                        "rows", counted().ignoreVersions().build(), remote, IdCodec.LONG)
                .plan(MigrationPlan::rampDown)
                .listener(new MigrationListener() {
                    @Override
                    public void secondWriteFailed(String entity, String operation, String id, String failure) {
                        failures.add(operation + " " + failure);
                    }
                })
                .build()) {
            rows.create(Rows.Counted.of(1L, "one"));
            for (String text : List.of("two", "three", "four")) {
                rows.update(1L, Rows.Counted.of(1L, text));
            }
        }

        assertThat(failures).isEmpty();
        assertThat(counted().build().get(1L).text).isEqualTo("four");
        assertThat(counted().build().get(1L).version).isEqualTo(3);
    }

    @Test
    void the_version_that_another_side_gave_does_not_hinder_a_creation() {
        assertThat(versioned.create(Rows.Versioned.of(2L, "one", 7L)).text).isEqualTo("one");
        assertThat(versioned.get(2L).version).isZero();
    }

    @Test
    void what_is_given_stays_as_it_is_and_what_is_returned_is_detached() {
        Rows.BookRow given = Rows.BookRow.of(new Book(null, "a", 1, null));
        Rows.BookRow created = books.create(given);
        assertThat(given.id).isNull();
        created.title = "changed by nobody";

        Rows.BookRow content = Rows.BookRow.of(new Book(99L, "b", 2, null));
        assertThat(books.update(created.id, content)).isNotSameAs(content);
        assertThat(content.id).isEqualTo(99L);
        books.get(created.id).title = "changed by nobody";
        assertThat(books.get(created.id).title).isEqualTo("b");
    }

    @Test
    void a_patch_reaches_into_embedded_values_and_replaces_lists() {
        Rows.Novel novel = Rows.Novel.of("a", "x", author("Ann", null));
        novel.place = new Rows.Place();
        novel.place.city = "Rome";
        novel.place.floor = 3;
        novel.size = new Rows.Size(1, 2);
        novel.tags.add("old");
        novels.create(novel);
        EntityManagerRepository<Rows.Novel, String> whole =
                novels().fetch("tags", "author").field("room", "place").build();

        Rows.Novel patched = whole.patch(
                "a",
                Patch.of("room", Map.of("city", "Oslo"))
                        .and("size", Map.of("width", 9L))
                        .and("id", "moved")
                        .and("tags", List.of("new", "newer")));

        assertThat(patched.place.city).isEqualTo("Oslo");
        assertThat(patched.place.floor).isEqualTo(3);
        assertThat(patched.size).isEqualTo(new Rows.Size(9, 2));
        assertThat(patched.tags).containsExactly("new", "newer");
        assertThat(patched.author.name).isEqualTo("Ann");
        assertThat(novels.find("moved")).isEmpty();
        patched = whole.patch("a", Patch.of("place", null).and("author", null).and("tags", null));
        assertThat(patched.place).isNull();
        assertThat(patched.author).isNull();
        assertThat(patched.tags).isEmpty();
        assertThat(whole.patch("a", Patch.of("place", Map.of("floor", 1))).place.floor)
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"title", "price"})
    void a_patch_that_does_not_fit_changes_nothing(String field) {
        Rows.BookRow book = book("a", 1, null);

        assertThatThrownBy(() -> books.patch(book.id, Patch.of("title", "b").and(field, List.of())))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> books.patch(book.id, Patch.of("price", null)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> novels.patch("none", Patch.of("title", "x")))
                .isInstanceOf(EntityNotFoundException.class);
        assertThat(books.get(book.id).title).isEqualTo("a");
    }

    private static <R> List<R> atOnce(Callable<R> one, Callable<R> other) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            CyclicBarrier start = new CyclicBarrier(2);
            List<R> results = new ArrayList<>();
            for (Future<R> result : threads.invokeAll(List.<Callable<R>>of(
                    () -> {
                        start.await();
                        return one.call();
                    },
                    () -> {
                        start.await();
                        return other.call();
                    }))) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void patches_of_different_fields_at_the_same_time_are_both_kept() throws Exception {
        for (int round = 1; round <= 40; round++) {
            int price = round;
            Long id = book("old", 0, null).id;
            atOnce(() -> books.patch(id, Patch.of("title", "new")), () -> books.patch(id, Patch.of("price", price)));

            assertThat(books.get(id).book()).isEqualTo(new Book(id, "new", round, null));
        }
    }

    @Test
    void of_two_deletions_at_the_same_time_one_finds_nothing() throws Exception {
        for (int round = 0; round < 40; round++) {
            Long id = book("old", 0, null).id;

            assertThat(atOnce(() -> books.delete(id), () -> books.delete(id))).containsExactlyInAnyOrder(true, false);
        }
    }

    private Document document(Long id, String title, String body) throws ReflectiveOperationException {
        Constructor<Document> constructor = database.documents.getDeclaredConstructor();
        constructor.setAccessible(true);
        Document document = constructor.newInstance();
        document.setId(id);
        document.setTitle(title);
        document.setBody(body);
        document.getTags().add("tag");
        return document;
    }

    private void assertStored(Long id, String title, String body) {
        database.beside(manager -> {
            Document stored = manager.find(database.documents, id);
            assertThat(stored.getTitle()).isEqualTo(title);
            assertThat(stored.getBody()).isEqualTo(body);
            assertThat(stored.getTags()).containsExactly("tag");
            return 0;
        });
    }

    @Test
    void a_patch_keeps_what_is_lazy_and_was_not_read() throws ReflectiveOperationException {
        EntityManagerRepository<Document, Long> documents = EntityManagerRepository.builder(
                        database.documents, IdCodec.LONG, database.factory)
                .build();
        documents.create(document(1L, "old", "a long body"));
        documents.patch(1L, Patch.of("title", "new"));
        assertStored(1L, "new", "a long body");

        documents.patch(1L, Patch.of("body", "another"));
        assertStored(1L, "new", "another");
    }

    @Test
    void an_update_with_what_was_read_without_its_lazy_parts_keeps_those() throws ReflectiveOperationException {
        EntityManagerRepository<Document, Long> documents = EntityManagerRepository.builder(
                        database.documents, IdCodec.LONG, database.factory)
                .build();
        documents.create(document(2L, "old", "a long body"));
        Document read = documents.get(2L);
        read.setTitle("new");
        documents.update(2L, read);
        assertStored(2L, "new", "a long body");

        read = documents.get(2L);
        read.setId(null);
        documents.update(2L, read);
        assertStored(2L, "new", "a long body");
    }

    @Test
    void lists_of_other_entities_are_written_with_the_entity_and_not_patched() {
        Rows.Novel novel = Rows.Novel.of("a", "x", null);
        novel.guests.add(Rows.Author.named("Guest"));
        novels.create(novel);
        EntityManagerRepository<Rows.Novel, String> whole =
                novels().fetch("guests").build();

        Rows.Novel read = whole.get("a");
        assertThat(read.guests).extracting(guest -> guest.name).containsExactly("Guest");
        read.guests.clear();
        read.guests.add(Rows.Author.named("Other"));
        assertThat(whole.update("a", read).guests)
                .extracting(guest -> guest.name)
                .containsExactly("Other");
        assertThatThrownBy(() -> whole.patch("a", Patch.of("guests", List.of())))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(whole.delete("a")).isTrue();
    }

    @Test
    void a_call_over_a_factory_leaves_nothing_open() {
        book("a", 1, "n");
        Statistics statistics = database.statistics();
        books.filter(Query.all());
        books.find(1L);
        assertThatThrownBy(() -> book("b", 1, "n")).isInstanceOf(RemoteResponseException.class);
        assertThatThrownBy(() -> books.filter(Query.where("x", 1))).isInstanceOf(IllegalArgumentException.class);

        assertThat(statistics.getSessionOpenCount()).isPositive().isEqualTo(statistics.getSessionCloseCount());
        assertThat(statistics.getTransactionCount()).isEqualTo(statistics.getSessionOpenCount());
    }

    @Test
    void another_failure_of_the_database_is_the_providers() {
        assertThatThrownBy(() -> book("x".repeat(300), 1, null))
                .isInstanceOf(PersistenceException.class)
                .isNotInstanceOf(RemoteResponseException.class);
        assertThatCode(() -> book("x", 1, null)).doesNotThrowAnyException();
    }
}
