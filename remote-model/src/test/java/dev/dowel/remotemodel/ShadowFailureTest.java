package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fails beside the read that served reaches nobody, is counted, and keeps no place. */
class ShadowFailureTest {

    private static final Duration DEADLINE = Duration.ofSeconds(2);
    private static final Duration RECHECK = Duration.ofSeconds(1);
    private static final Book BOOK = new Book(1L, "a", 1, null);
    private final SideDouble local = new SideDouble().holding(BOOK);
    private final SideDouble remote = new SideDouble().holding(BOOK);
    private final ManualEngine engine = new ManualEngine();
    private final RecordingListener listener = new RecordingListener();

    private MigratingRepository.Builder<Book, Long> options() {
        return MigratingRepository.builder("books", local, remote, IdCodec.LONG)
                .plan(MigrationPlan::shadow)
                .listener(listener)
                .engine(engine);
    }

    @Test
    void a_failing_shadow_is_counted() {
        remote.failing(new IllegalStateException("canary"));
        options().build().get(1L);
        engine.work();

        assertThat(listener.events).containsExactly("get not compared FAILED");
    }

    @Test
    void an_entity_that_cannot_be_written_as_json_is_counted_and_served() {
        MigratingRepository<Book, Long> books = options()
                .json(new JsonCodec() {
                    @Override
                    public byte[] encode(Object value) throws IOException {
                        throw new IOException("no");
                    }

                    @Override
                    public Object decode(byte[] json, java.lang.reflect.Type type) {
                        return json;
                    }
                })
                .build();

        assertThat(books.get(1L)).isEqualTo(BOOK);
        engine.work();
        assertThat(listener.events).containsExactly("get not compared UNREADABLE");
    }

    private static JsonCodec overflowing() {
        return new JsonCodec() {
            @Override
            public byte[] encode(Object value) {
                throw new StackOverflowError("from a getter");
            }

            @Override
            public Object decode(byte[] json, java.lang.reflect.Type type) {
                return json;
            }
        };
    }

    @Test
    void an_error_in_a_comparison_never_reaches_the_caller_and_frees_its_place() {
        for (MigrationPlan plan : List.of(MigrationPlan.shadow(), MigrationPlan.live())) {
            MigratingRepository<Book, Long> books = options()
                    .plan(() -> plan)
                    .json(overflowing())
                    .shadowLimits(1, 0)
                    .build();
            for (int i = 0; i < 3; i++) {
                assertThat(books.get(1L)).isEqualTo(BOOK);
                engine.work();
            }
        }

        assertThat(listener.events)
                .containsExactly(
                        "get not compared FAILED",
                        "get not compared FAILED",
                        "get not compared FAILED",
                        "get not compared UNREADABLE",
                        "get not compared UNREADABLE",
                        "get not compared UNREADABLE");
        assertThat(engine.timers).isEmpty();
    }

    @Test
    void an_error_of_the_other_side_is_counted_and_frees_its_place() {
        MigratingRepository<Book, Long> books = options().shadowLimits(1, 0).build();
        remote.before(() -> {
            throw new NoClassDefFoundError("canary");
        });
        for (int i = 0; i < 2; i++) {
            assertThat(books.get(1L)).isEqualTo(BOOK);
            engine.work();
        }

        assertThat(listener.events).containsExactly("get not compared FAILED", "get not compared FAILED");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void without_a_thread_for_it_a_shadow_is_dropped_and_its_place_is_free_again(int timers) {
        MigratingRepository<Book, Long> books = options().shadowLimits(1, 0).build();
        engine.exhaust(timers);
        assertThat(books.get(1L)).isEqualTo(BOOK);
        engine.exhaust(timers);
        assertThat(books.get(1L)).isEqualTo(BOOK);
        assertThat(listener.events).containsExactly("get not compared BUSY", "get not compared BUSY");

        engine.recover();
        engine.pass(DEADLINE);
        books.get(1L);
        books.get(1L);
        engine.work();
        assertThat(listener.events)
                .containsExactly(
                        "get not compared BUSY", "get not compared BUSY", "get not compared BUSY", "get agreed");
    }

    @Test
    void without_a_thread_for_the_second_look_it_is_dropped_and_its_place_is_free_again() {
        remote.holding(new Book(1L, "b", 2, null));
        MigratingRepository<Book, Long> books = options().shadowLimits(1, 0).build();
        books.get(1L);
        engine.exhaust(0);
        engine.work();
        assertThat(listener.events).containsExactly("get not compared BUSY");

        engine.recover();
        engine.pass(RECHECK);
        assertThat(engine.tasks).isEmpty();
        books.get(1L);
        assertThat(engine.tasks).hasSize(1);
        engine.exhaust(1);
        engine.recover();
        engine.work();
        engine.exhaust(0);
        engine.pass(RECHECK);
        assertThat(listener.events).containsExactly("get not compared BUSY", "get not compared BUSY");
        engine.recover();
        books.get(1L);
        assertThat(engine.tasks).hasSize(1);
    }

    @Test
    void an_error_of_a_listener_reaches_nobody() {
        MigratingRepository<Book, Long> books = options()
                .listener(new MigrationListener() {
                    @Override
                    public void notCompared(String entity, String operation, NotCompared reason) {
                        throw new NoClassDefFoundError("rude");
                    }
                })
                .shadowLimits(1, 0)
                .build();
        books.get(1L);

        assertThat(books.get(1L)).isEqualTo(BOOK);
    }

    @Test
    void the_callers_failure_is_untouched_and_has_no_shadow() {
        RuntimeException failure = new IllegalStateException("the local database is gone");
        local.failing(failure);

        assertThatThrownBy(() -> options().build().get(1L)).isSameAs(failure);
        assertThat(engine.tasks).isEmpty();
        assertThat(listener.events).isEmpty();
    }

    @Test
    void what_a_listener_throws_reaches_nobody() {
        MigrationListener rude = new MigrationListener() {
            @Override
            public void notCompared(String entity, String operation, NotCompared reason) {
                throw new IllegalStateException("rude");
            }

            @Override
            public void agreed(String entity, String operation) {
                throw new IllegalStateException("rude");
            }

            @Override
            public void secondWriteFailed(String entity, String operation, String id, String failure) {
                throw new IllegalStateException("rude");
            }
        };
        MigratingRepository<Book, Long> books =
                options().listener(rude).shadowLimits(1, 0).build();
        books.get(1L);
        books.get(1L);
        engine.work();
        remote.failing(new IllegalStateException("gone"));

        assertThat(books.patch(1L, Patch.of("price", 2)).price()).isEqualTo(2);
    }
}
