package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A migration towards a service that is away. */
class MigrationFailureTest {

    private final RecordingListener listener = new RecordingListener();
    private final ManualEngine engine = new ManualEngine();
    private final SideDouble local =
            new SideDouble().holding(new Book(1L, "a", 1, null)).holding(new Book(2L, "b", 1, null));
    private TestServer server;
    private RemoteModel<Book, Long> remote;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.answering(TestServer.status(503));
        remote = server.books();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private MigratingRepository.Builder<Book, Long> books() {
        return MigratingRepository.builder("books", local, remote, IdCodec.LONG)
                .listener(listener)
                .engine(engine);
    }

    private void fail(int reads) {
        for (int i = 0; i < reads; i++) {
            assertThatThrownBy(() -> remote.get(1L)).isInstanceOf(RemoteResponseException.Unavailable.class);
        }
    }

    @Test
    void shadow_reads_neither_use_nor_fill_the_retry_budget() {
        MigratingRepository<Book, Long> books =
                books().plan(MigrationPlan::shadow).build();
        fail(40);
        int before = server.requests.size();
        for (int i = 0; i < 300; i++) {
            books.get(1L);
            engine.work();
        }
        assertThat(server.requests).hasSize(before + 300);

        fail(5);
        // As shares of 5 calls of their own: with those of 300 shadows there would be ten retries.
        assertThat(server.requests.size() - before - 300).isBetween(5, 6);
    }

    @Test
    void many_reads_at_once_fall_back_as_one_does() {
        MigratingRepository<Book, Long> books = books().plan(MigrationPlan::rampDown)
                .onRemoteFailure(MigratingRepository.OnRemoteFailure.FALLBACK_LOCAL)
                .build();

        assertThat(books.getAll(List.of(1L, 2L, 3L))).containsOnlyKeys(1L, 2L);
        assertThat(listener.events)
                .singleElement()
                .satisfies(event -> assertThat(event).startsWith("getAll fell back"));
    }
}
