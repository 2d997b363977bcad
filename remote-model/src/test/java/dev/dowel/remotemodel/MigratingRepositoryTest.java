package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.dowel.remotemodel.MigratingRepository.OnRemoteFailure;
import dev.dowel.remotemodel.MigrationPlan.Reads;
import dev.dowel.remotemodel.MigrationPlan.Writes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who reads and who writes under which plan. */
@SuppressWarnings("try") // Scopes are opened to be closed.
class MigratingRepositoryTest {

    private static final Book LOCAL = new Book(1L, "local", 1, null);
    private static final Book REMOTE = new Book(1L, "remote", 1, null);

    private final SideDouble local = new SideDouble().holding(LOCAL);
    private final SideDouble remote = new SideDouble().holding(REMOTE);
    private final ManualEngine engine = new ManualEngine();
    private final RecordingListener listener = new RecordingListener();
    private final AtomicReference<MigrationPlan> plan = new AtomicReference<>(MigrationPlan.local());

    private MigratingRepository.Builder<Book, Long> options() {
        return MigratingRepository.builder("books", local, remote, IdCodec.LONG)
                .plan(plan::get)
                .id(Book::id)
                .listener(listener)
                .engine(engine);
    }

    private MigratingRepository<Book, Long> under(MigrationPlan chosen) {
        plan.set(chosen);
        return options().build();
    }

    private void reads_and_writes(MigrationPlan chosen, String reads, String shadow, List<String> writes) {
        MigratingRepository<Book, Long> books = under(chosen);

        assertThat(books.get(1L).title()).isEqualTo(reads);
        assertThat(books.find(1L).orElseThrow().title()).isEqualTo(reads);
        assertThat(books.getAll(List.of(1L)).get(1L).title()).isEqualTo(reads);
        assertThat(books.filter(Query.all()).items().get(0).title()).isEqualTo(reads);
        (reads.equals("local") ? local : remote).asked.clear();
        engine.work();
        // What it served is read once more beside the request.
        assertThat(local.asked).hasSize(shadow.isEmpty() ? 0 : 4);
        assertThat(remote.asked).hasSize(shadow.equals("remote") ? 4 : 0);

        List<String> order = new java.util.ArrayList<>();
        local.before(() -> order.add("local"));
        remote.before(() -> order.add("remote"));
        books.update(1L, Book.titled("new", 2));
        assertThat(order).isEqualTo(writes);
    }

    @Test
    void a_hostile_id_is_refused_before_a_side_is_written() {
        MigratingRepository<Book, String> books = MigratingRepository.builder(
                        "books", accepting(), accepting(), IdCodec.STRING)
                .plan(MigrationPlan::dualWrite)
                .listener(listener)
                .build();
        for (String id : List.of("..", "a/b", "")) {
            assertThatThrownBy(() -> books.update(id, LOCAL)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> books.patch(id, Patch.of("price", 2)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> books.delete(id)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(listener.events).isEmpty();
    }

    /** A side that checks no id itself. */
    private static Repository<Book, String> accepting() {
        return InMemoryRepository.builder(Book.class, IdCodec.STRING, Book::title)
                .idPolicy(IdPolicy.ENCODED)
                .build();
    }

    @Test
    void local_reads_and_writes_locally() {
        reads_and_writes(MigrationPlan.local(), "local", "", List.of("local"));
    }

    @Test
    void dual_write_reads_locally_and_writes_locally_then_remotely() {
        reads_and_writes(MigrationPlan.dualWrite(), "local", "", List.of("local", "remote"));
    }

    @Test
    void shadow_reads_locally_asks_remotely_and_writes_locally_then_remotely() {
        reads_and_writes(MigrationPlan.shadow(), "local", "remote", List.of("local", "remote"));
    }

    @Test
    void live_reads_remotely_asks_locally_and_writes_remotely_then_locally() {
        reads_and_writes(MigrationPlan.live(), "remote", "local", List.of("remote", "local"));
    }

    @Test
    void ramp_down_reads_remotely_and_writes_remotely_then_locally() {
        reads_and_writes(MigrationPlan.rampDown(), "remote", "", List.of("remote", "local"));
    }

    @Test
    void remote_reads_and_writes_remotely() {
        reads_and_writes(MigrationPlan.remote(), "remote", "", List.of("remote"));
    }

    @Test
    void read_remote_write_local_reads_remotely_and_writes_locally() {
        reads_and_writes(MigrationPlan.readRemoteWriteLocal(), "remote", "", List.of("local"));
    }

    @Test
    void a_percentage_of_0_is_local_and_of_100_remote_for_lists_too() {
        reads_and_writes(
                MigrationPlan.percentage(0, Writes.LOCAL_THEN_REMOTE), "local", "", List.of("local", "remote"));
        local.holding(LOCAL);
        remote.holding(REMOTE).asked.clear();
        local.asked.clear();
        reads_and_writes(
                MigrationPlan.percentage(100, Writes.REMOTE_THEN_LOCAL), "remote", "", List.of("remote", "local"));
    }

    @Test
    void the_plan_is_read_once_per_request_and_stays() {
        MigratingRepository<Book, Long> books = under(MigrationPlan.local());
        MigratingRepository<Book, Long> others = MigratingRepository.builder("others", local, remote, IdCodec.LONG)
                .build();
        java.util.function.Supplier<MigrationPlan> source = plan::get;
        MigratingRepository<Book, Long> one = options().plan(source).build();
        MigratingRepository<Book, Long> same = options().plan(source).build();
        RequestContext request = TestServer.context();
        try (Scope scope = request.bind()) {
            assertThat(books.get(1L)).isEqualTo(LOCAL);
            assertThat(one.get(1L)).isEqualTo(LOCAL);
            plan.set(MigrationPlan.remote());
            assertThat(books.get(1L)).isEqualTo(LOCAL);
            assertThat(same.get(1L)).isEqualTo(LOCAL);
            request.close();
            assertThat(books.get(1L)).isEqualTo(LOCAL);
        }
        try (Scope scope = TestServer.context().bind()) {
            assertThat(books.get(1L)).isEqualTo(REMOTE);
            assertThat(others.get(1L)).isEqualTo(LOCAL);
        }
    }

    @Test
    void without_a_request_the_plan_is_read_at_each_call() {
        MigratingRepository<Book, Long> books = under(MigrationPlan.local());
        assertThat(books.get(1L)).isEqualTo(LOCAL);
        plan.set(MigrationPlan.remote());
        assertThat(books.get(1L)).isEqualTo(REMOTE);
    }

    @Test
    void when_the_source_of_the_plan_fails_the_last_plan_stays() {
        MigratingRepository<Book, Long> books = under(MigrationPlan.rampDown());
        assertThat(books.get(1L)).isEqualTo(REMOTE);
        plan.set(null);
        assertThat(books.get(1L)).isEqualTo(REMOTE);
        assertThatThrownBy(() -> options().build().get(1L))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("books");
    }

    @Test
    void a_percentage_is_the_first_four_bytes_of_sha_256_of_salt_and_key_modulo_10000() {
        // printf books1 | sha256sum gives 40ee7249...
        assertThat(MigrationPlan.bucket("books1")).isEqualTo(0x40ee7249L % 10_000);
        MigrationPlan half = MigrationPlan.percentage(50, Writes.LOCAL_THEN_REMOTE);
        for (int i = 0; i < 100; i++) {
            assertThat(half.isRemote("salt", "key" + i)).isEqualTo(MigrationPlan.bucket("saltkey" + i) < 5_000);
        }
    }

    @Test
    void a_larger_percentage_only_adds_members() {
        double[] shares = {0, 0.5, 1, 10, 33.33, 50, 99.99, 100};
        for (int i = 1; i < shares.length; i++) {
            MigrationPlan smaller = MigrationPlan.percentage(shares[i - 1], Writes.LOCAL_THEN_REMOTE);
            MigrationPlan larger = MigrationPlan.percentage(shares[i], Writes.LOCAL_THEN_REMOTE);
            long members = IntStream.range(0, 10_000)
                    .filter(key -> larger.isRemote("s", "" + key))
                    .count();
            assertThat(IntStream.range(0, 10_000).filter(key -> smaller.isRemote("s", "" + key)))
                    .allMatch(key -> larger.isRemote("s", "" + key));
            assertThat(members / 100.0).isCloseTo(shares[i], within(2.0));
        }
    }

    @Test
    void a_percentage_by_id_divides_get_all_and_leaves_lists_local() {
        MigrationPlan half = MigrationPlan.percentage(50, Writes.LOCAL_THEN_REMOTE);
        MigratingRepository<Book, Long> books = under(half);
        List<Long> ids = LongStream.rangeClosed(1, 20).boxed().toList();
        for (Long id : ids) {
            local.holding(new Book(id, "local", 1, null));
            remote.holding(new Book(id, "remote", 1, null));
        }

        Map<Long, Book> found = books.getAll(ids);
        assertThat(found.keySet()).containsExactlyElementsOf(ids);
        found.forEach((id, book) -> {
            assertThat(book.title()).isEqualTo(half.isRemote("books", "" + id) ? "remote" : "local");
            assertThat(books.get(id)).isEqualTo(book);
        });
        assertThat(found.values()).extracting(Book::title).contains("local", "remote");
        assertThat(books.filter(Query.all()).items()).extracting(Book::title).containsOnly("local");
        assertThat(options().salt("other").build().getAll(ids)).isNotEqualTo(found);
    }

    @Test
    void a_percentage_by_user_is_the_same_for_all_reads_of_a_user() {
        MigrationPlan half = MigrationPlan.percentage(50, Writes.LOCAL_THEN_REMOTE);
        plan.set(half);
        AtomicReference<String> user = new AtomicReference<>();
        MigratingRepository<Book, Long> books = options().stickyBy(user::get).build();
        for (int i = 0; i < 20; i++) {
            user.set("user" + i);
            String side = half.isRemote("books", "user" + i) ? "remote" : "local";
            assertThat(books.get(1L).title()).isEqualTo(side);
            assertThat(books.getAll(List.of(1L)).get(1L).title()).isEqualTo(side);
            assertThat(books.filter(Query.all()).items().get(0).title()).isEqualTo(side);
        }
        assertThat(local.asked).isNotEmpty();
        assertThat(remote.asked).isNotEmpty();
    }

    @Test
    void after_a_write_in_a_request_its_reads_stay_on_the_side_written_first() {
        MigratingRepository<Book, Long> books = under(MigrationPlan.readRemoteWriteLocal());
        try (Scope scope = TestServer.context().bind()) {
            assertThat(books.get(1L)).isEqualTo(REMOTE);
            books.patch(1L, Patch.of("price", 5));
            assertThat(books.get(1L)).isEqualTo(new Book(1L, "local", 5, null));
            assertThat(books.filter(Query.all()).items().get(0).price()).isEqualTo(5);
        }
        try (Scope scope = TestServer.context().bind()) {
            assertThat(books.get(1L)).isEqualTo(REMOTE);
        }
        plan.set(MigrationPlan.percentage(100, Writes.LOCAL_THEN_REMOTE));
        try (Scope scope = TestServer.context().bind()) {
            assertThatThrownBy(() -> books.update(9L, LOCAL)).isInstanceOf(EntityNotFoundException.class);
            assertThat(books.get(1L).title()).isEqualTo("local");
        }
    }

    @Test
    void reads_that_do_not_see_the_writes_need_a_shared_store() {
        for (MigrationPlan.Builder unseen : List.of(
                MigrationPlan.builder(Reads.REMOTE, Writes.LOCAL),
                MigrationPlan.builder(Reads.LOCAL, Writes.REMOTE),
                MigrationPlan.builder(Reads.SHADOW_LOCAL, Writes.LOCAL),
                MigrationPlan.builder(Reads.PERCENTAGE, Writes.LOCAL).percentage(1),
                MigrationPlan.builder(Reads.PERCENTAGE, Writes.REMOTE).percentage(99))) {
            assertThatThrownBy(unseen::build)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("sharedStore(true)");
            assertThat(unseen.sharedStore(true).build()).isNotNull();
        }
        assertThatThrownBy(() -> MigrationPlan.builder(Reads.LOCAL, Writes.LOCAL_THEN_REMOTE)
                        .sharedStore(true)
                        .build())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MigrationPlan.percentage(101, Writes.LOCAL_THEN_REMOTE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MigrationPlan.percentage(Double.NaN, Writes.LOCAL_THEN_REMOTE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void both_sides_get_the_id_that_the_authority_gave() {
        for (MigrationPlan dual : List.of(MigrationPlan.dualWrite(), MigrationPlan.rampDown())) {
            Book created = under(dual).create(Book.titled("new", 7));

            assertThat(created.id()).isNotNull();
            assertThat(local.content().get(created.id())).isEqualTo(created);
            assertThat(remote.content().get(created.id())).isEqualTo(created);
        }
        assertThat(listener.events).isEmpty();
    }

    @Test
    void a_failed_second_write_is_reported_and_not_undone_and_the_caller_does_not_notice() {
        MigratingRepository<Book, Long> books = under(MigrationPlan.dualWrite());
        remote.failing(unavailable(503));

        Book created = books.create(Book.titled("new", 7));
        books.update(1L, Book.titled("changed", 2));
        assertThat(books.patch(1L, Patch.of("price", 3)).price()).isEqualTo(3);
        assertThat(books.delete(1L)).isTrue();

        assertThat(local.content().get(created.id())).isEqualTo(created);
        assertThat(local.content().find(1L)).isEmpty();
        assertThat(remote.content().get(1L)).isEqualTo(REMOTE);
        assertThat(listener.events)
                .containsExactly(
                        "create second failed " + created.id() + " Unavailable 503",
                        "update second failed 1 Unavailable 503",
                        "patch second failed 1 Unavailable 503",
                        "delete second failed 1 Unavailable 503");
    }

    @Test
    void a_failed_first_write_is_the_callers_and_the_second_side_is_left_alone() {
        MigratingRepository<Book, Long> books = under(MigrationPlan.rampDown());
        RuntimeException failure = unavailable(409);
        remote.failing(failure);

        assertThatThrownBy(() -> books.create(LOCAL)).isSameAs(failure);
        assertThatThrownBy(() -> books.update(1L, LOCAL)).isSameAs(failure);
        assertThat(local.asked).isEmpty();
        assertThat(listener.events).isEmpty();
    }

    private static RemoteResponseException unavailable(int status) {
        return RemoteResponseException.of(status, "no");
    }

    @Test
    void a_fallback_is_off_by_default() {
        remote.failing(unavailable(503));
        MigratingRepository<Book, Long> books = under(MigrationPlan.rampDown());

        assertThatThrownBy(() -> books.get(1L)).isInstanceOf(RemoteResponseException.class);
    }

    @Test
    void a_fallback_is_for_reads_only_and_visible() {
        plan.set(MigrationPlan.rampDown());
        MigratingRepository<Book, Long> books =
                options().onRemoteFailure(OnRemoteFailure.FALLBACK_LOCAL).build();
        for (RemoteModelException failure : List.of(
                unavailable(503),
                unavailable(429),
                new RemoteTimeoutException("late", RemoteCallException.Outcome.UNKNOWN, null),
                new RemoteDecodeException("not JSON"))) {
            remote.failing(failure);
            listener.events.clear();
            assertThat(books.get(1L)).isEqualTo(LOCAL);
            assertThat(books.filter(Query.all()).items()).containsExactly(LOCAL);
            assertThat(listener.events).hasSize(2).allMatch(event -> event.contains("fell back"));
            assertThatThrownBy(() -> books.update(1L, REMOTE)).isSameAs(failure);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 400, 401, 403, 409})
    void what_the_remote_side_refuses_stays_refused(int status) {
        plan.set(MigrationPlan.rampDown());
        MigratingRepository<Book, Long> books =
                options().onRemoteFailure(OnRemoteFailure.FALLBACK_LOCAL).build();
        remote.failing(unavailable(status));

        assertThatThrownBy(() -> books.get(1L)).isInstanceOf(RemoteResponseException.class);
        remote.failing(new BatchException("a part failed", Map.of(), unavailable(status)));
        assertThatThrownBy(() -> books.getAll(List.of(1L))).isInstanceOf(BatchException.class);
        remote.before(() -> {});
        remote.content().delete(1L);
        assertThatThrownBy(() -> books.get(1L)).isInstanceOf(EntityNotFoundException.class);
        assertThat(books.find(1L)).isEmpty();
        assertThat(local.asked).isEmpty();
    }

    @Test
    void there_is_no_fallback_to_what_is_outdated() {
        plan.set(MigrationPlan.remote());
        MigratingRepository<Book, Long> books =
                options().onRemoteFailure(OnRemoteFailure.FALLBACK_LOCAL).build();
        remote.failing(unavailable(503));
        assertThatThrownBy(() -> books.get(1L)).isInstanceOf(RemoteResponseException.class);

        plan.set(MigrationPlan.rampDown());
        try (Scope scope = TestServer.context().bind()) {
            assertThatThrownBy(() -> books.delete(1L)).isInstanceOf(RemoteResponseException.class);
            assertThatThrownBy(() -> books.get(1L)).isInstanceOf(RemoteResponseException.class);
        }
        assertThat(local.asked).isEmpty();
    }

    @Test
    void hostile_ids_are_refused_before_any_side_is_asked() {
        MigratingRepository<String[], String> names = MigratingRepository.builder(
                        "names", names(), names(), IdCodec.STRING)
                .plan(MigrationPlan::shadow)
                .engine(engine)
                .build();

        MigratingRepository<String[], String> encoded = MigratingRepository.builder(
                        "names", names(), names(), IdCodec.STRING)
                .idPolicy(IdPolicy.ENCODED)
                .build();
        assertThat(encoded.find("a/b")).isEmpty();
        assertThatThrownBy(() -> encoded.find("a/../b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> names.find("..")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> names.getAll(List.of("a/b"))).isInstanceOf(IllegalArgumentException.class);
        assertThat(engine.tasks).isEmpty();
    }

    private static Repository<String[], String> names() {
        return InMemoryRepository.builder(String[].class, IdCodec.STRING, name -> name[0])
                .idPolicy(IdPolicy.ENCODED)
                .build();
    }

    @Test
    void a_write_of_one_entity_leaves_the_reads_of_others_where_they_are() {
        plan.set(MigrationPlan.readRemoteWriteLocal());
        java.util.function.Supplier<MigrationPlan> source = plan::get;
        MigratingRepository<Book, Long> books = options().plan(source).build();
        MigratingRepository<Book, Long> others = options().plan(source).build();
        try (Scope scope = TestServer.context().bind()) {
            books.patch(1L, Patch.of("price", 5));

            assertThat(books.get(1L).title()).isEqualTo("local");
            assertThat(others.get(1L).title()).isEqualTo("remote");
        }
    }

    @Test
    void a_create_a_delete_and_a_read_of_many_count_for_reading_your_own_writes_too() {
        MigratingRepository<Book, Long> books = under(MigrationPlan.readRemoteWriteLocal());
        try (Scope scope = TestServer.context().bind()) {
            Book created = books.create(Book.titled("new", 7));
            assertThat(books.find(created.id())).contains(created);
            assertThat(books.getAll(List.of(created.id(), 1L))).containsEntry(created.id(), created);
        }
        try (Scope scope = TestServer.context().bind()) {
            books.delete(1L);
            assertThat(books.find(1L)).isEmpty();
            assertThat(books.getAll(List.of(1L))).isEmpty();
        }
    }

    @Test
    void the_pages_after_the_first_come_from_the_side_that_gave_it() {
        MigratingRepository<Book, Long> books = under(MigrationPlan.remote());
        for (long id = 1; id <= 5; id++) {
            local.holding(new Book(id, "local", 1, null));
            remote.holding(new Book(id, "remote", 1, null));
        }
        Page<Book> first = books.filter(Query.all().orderBy("id"));
        plan.set(MigrationPlan.local());

        assertThat(first.stream().map(Book::title)).hasSize(5).containsOnly("remote");
        assertThat(local.asked).isEmpty();
    }

    @Test
    void an_id_that_the_caller_chose_is_the_same_on_both_sides() {
        long id = 70;
        for (MigrationPlan dual : List.of(MigrationPlan.dualWrite(), MigrationPlan.live())) {
            Book created = under(dual).create(new Book(++id, "chosen", 7, null));

            assertThat(created.id()).isEqualTo(id);
            assertThat(local.content().get(id)).isEqualTo(created);
            assertThat(remote.content().get(id)).isEqualTo(created);
        }
        assertThat(listener.events).isEmpty();
    }

    @Test
    void a_read_that_fell_back_is_not_compared_with_itself() {
        plan.set(MigrationPlan.live());
        MigratingRepository<Book, Long> books =
                options().onRemoteFailure(OnRemoteFailure.FALLBACK_LOCAL).build();
        remote.failing(unavailable(503));

        assertThat(books.get(1L)).isEqualTo(LOCAL);
        assertThat(engine.tasks).isEmpty();
        assertThat(listener.events).containsExactly("get fell back Unavailable 503");
    }
}
