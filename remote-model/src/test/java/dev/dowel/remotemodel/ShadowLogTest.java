package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is said about reads beside the one that served: no value, no token, and not too often. */
@SuppressWarnings("try") // Scopes are opened to be closed.
class ShadowLogTest {

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

    private void twice() {
        engine.work();
        engine.pass(RECHECK);
        engine.work();
    }

    @Test
    void no_value_and_no_token_gets_into_logs_or_events() {
        ListAppender<ILoggingEvent> logs = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        logs.start();
        root.addAppender(logs);
        try {
            local.holding(new Book(1L, "canary-local", 1, "canary"));
            remote.holding(new Book(1L, "canary-remote", 2, null));
            RequestContext request = TestServer.context("Authorization", "Bearer canary");
            for (MigrationListener each : List.of(MigrationListener.logging(), listener)) {
                MigratingRepository<Book, Long> books = options()
                        .listener(each)
                        .onRemoteFailure(MigratingRepository.OnRemoteFailure.FALLBACK_LOCAL)
                        .build();
                MigratingRepository<Book, Long> live = options()
                        .listener(each)
                        .plan(MigrationPlan::live)
                        .onRemoteFailure(MigratingRepository.OnRemoteFailure.FALLBACK_LOCAL)
                        .build();
                try (Scope scope = request.bind()) {
                    books.get(1L);
                    books.filter(Query.where("nick", "canary"));
                    twice();
                    remote.failing(RemoteResponseException.of(503, "canary"));
                    books.get(1L);
                    live.get(1L);
                    engine.work();
                    books.patch(1L, Patch.of("nick", "canary"));
                }
                remote.before(() -> {});
                assertThat(books.toString() + live).doesNotContain("canary");
            }
        } finally {
            root.detachAppender(logs);
        }

        assertThat(listener.events)
                .anyMatch(event -> event.contains("differed"))
                .anyMatch(event -> event.contains("FAILED"))
                .anyMatch(event -> event.contains("second failed"))
                .anyMatch(event -> event.contains("fell back"))
                .noneMatch(event -> event.contains("canary"));
        assertThat(logs.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(line -> line.contains("different answers at [nick, price, title]"))
                .anyMatch(line -> line.contains("failed on the second side"))
                .anyMatch(line -> line.contains("answered locally"))
                .noneMatch(line -> line.contains("canary"));
        assertThat(logs.list).allMatch(line -> line.getThrowableProxy() == null);
    }

    @Test
    void the_log_has_each_kind_of_event_once_a_minute_with_the_number_left_out() {
        ListAppender<ILoggingEvent> logs = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(MigratingRepository.class);
        logs.start();
        logger.addAppender(logs);
        try {
            AtomicLong nanos = new AtomicLong();
            MigrationLog log = new MigrationLog(nanos::get);
            for (int i = 0; i < 5; i++) {
                log.differed("books", "get", List.of("title"));
                log.fellBack("books", "get", "RemoteCallException");
                log.differed("authors", "get", List.of("name"));
            }
            assertThat(logs.list).hasSize(3);
            nanos.addAndGet(Duration.ofMinutes(1).toNanos());
            log.differed("books", "get", List.of("title"));
            assertThat(logs.list).hasSize(4);
            assertThat(logs.list.get(3).getFormattedMessage())
                    .isEqualTo("Migration of books: get gave different answers at [title]"
                            + " (4 more like this since the last message)");
        } finally {
            logger.detachAppender(logs);
        }
    }
}
