package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.remotemodel.MigrationPlan.Writes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The plan changes while several threads read and write. */
class MigrationPlanChangeTest {

    private static final int THREADS = 4;
    private static final int ROUNDS = 100;
    private static final List<Long> IDS = LongStream.rangeClosed(1, 20).boxed().toList();

    /** Which sides the call of this thread has asked, in order. */
    private final ThreadLocal<List<String>> asked = ThreadLocal.withInitial(ArrayList::new);

    private final SideDouble local = new SideDouble();
    private final SideDouble remote = new SideDouble();
    private final AtomicInteger changes = new AtomicInteger();
    private volatile Supplier<MigrationPlan> plans = MigrationPlan::local;
    private final MigratingRepository<Book, Long> books = MigratingRepository.builder(
                    "books", local, remote, IdCodec.LONG)
            .plan(() -> plans.get())
            .engine(new ManualEngine())
            .build();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    MigrationPlanChangeTest() {
        for (Long id : IDS) {
            local.holding(new Book(id, "local", 0, null));
            remote.holding(new Book(id, "remote", 0, null));
        }
        local.before(() -> asked.get().add("local"));
        remote.before(() -> asked.get().add("remote"));
    }

    @AfterEach
    void stop() {
        threads.shutdown();
        books.close();
    }

    private interface Round {
        void run(int thread, int round) throws Exception;
    }

    /** Runs the rounds on several threads; whoever asks for the plan changes it for all. */
    private void changing_between(MigrationPlan one, MigrationPlan other, Round rounds) throws Exception {
        plans = () -> changes.getAndIncrement() % 2 == 0 ? one : other;
        List<Future<?>> working = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            working.add(threads.submit(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    rounds.run(thread, round);
                }
                return null;
            }));
        }
        for (Future<?> work : working) {
            work.get(60, TimeUnit.SECONDS);
        }
    }

    private List<String> asked() {
        List<String> sides = List.copyOf(asked.get());
        asked.get().clear();
        return sides;
    }

    private void changeOnAnotherThread(MigrationPlan next) {
        try {
            threads.submit(() -> plans = () -> next).get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_write_that_has_begun_ends_under_the_plan_it_began_with() {
        plans = MigrationPlan::dualWrite;
        local.before(() -> {
            asked.get().add("local");
            changeOnAnotherThread(MigrationPlan.remote());
        });

        books.update(1L, Book.titled("new", 1));
        assertThat(asked()).containsExactly("local", "remote");
        books.update(1L, Book.titled("new", 2));
        assertThat(asked()).containsExactly("remote");
    }

    @Test
    void a_read_of_many_that_has_begun_ends_under_the_plan_it_began_with() {
        MigrationPlan half = MigrationPlan.percentage(50, Writes.LOCAL_THEN_REMOTE);
        boolean isRemote = half.isRemote("books", "ann");
        MigrationPlan opposite = isRemote ? MigrationPlan.local() : MigrationPlan.remote();
        MigratingRepository<Book, Long> byUser = MigratingRepository.builder("books", local, remote, IdCodec.LONG)
                .plan(() -> plans.get())
                .stickyBy(() -> {
                    changeOnAnotherThread(opposite);
                    return "ann";
                })
                .build();
        plans = () -> half;

        assertThat(byUser.getAll(IDS).values()).extracting(Book::title).containsOnly(isRemote ? "remote" : "local");
        assertThat(byUser.getAll(IDS).values()).extracting(Book::title).containsOnly(isRemote ? "local" : "remote");
    }

    @Test
    void each_call_of_each_thread_follows_one_whole_plan() throws Exception {
        changing_between(MigrationPlan.local(), MigrationPlan.rampDown(), (thread, round) -> {
            assertThat(books.getAll(IDS).values().stream().map(Book::title).distinct())
                    .hasSize(1);
            assertThat(asked()).hasSize(1);
            books.patch(1L + thread, Patch.of("price", round));
            assertThat(asked()).isIn(List.of("local"), List.of("remote", "local"));
        });
    }

    @Test
    void all_threads_of_a_request_follow_the_plan_that_it_began_with() throws Exception {
        changing_between(MigrationPlan.local(), MigrationPlan.remote(), (thread, round) -> {
            RequestContext request = TestServer.context();
            Set<String> served = new TreeSet<>();
            List<Future<String>> reads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                reads.add(
                        threads.submit(request.wrap(() -> books.get(1L + thread).title())));
            }
            for (Future<String> read : reads) {
                served.add(read.get(20, TimeUnit.SECONDS));
            }
            assertThat(served).hasSize(1);
        });
    }

    @Test
    @SuppressWarnings("try") // Scopes are opened to be closed.
    void a_thread_that_wrote_in_its_request_reads_what_it_wrote() throws Exception {
        changing_between(MigrationPlan.readRemoteWriteLocal(), MigrationPlan.remote(), (thread, round) -> {
            Long id = 1L + thread;
            try (Scope scope = TestServer.context().bind()) {
                books.get(id);
                books.patch(id, Patch.of("price", round + 1));
                assertThat(books.get(id).price()).isEqualTo(round + 1);
                assertThat(books.getAll(IDS).get(id).price()).isEqualTo(round + 1);
            }
        });
    }
}
