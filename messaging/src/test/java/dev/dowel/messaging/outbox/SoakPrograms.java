package dev.dowel.messaging.outbox;

import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.VersionRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.ds.PGSimpleDataSource;

/** The services of the soak, each in a JVM of its own; relays are {@link RelayingService}. */
final class SoakPrograms {
    static final EventType<Long> COUNTED = EventType.of("user.counted", "1.0.0", Long.class);
    static final String QUEUE = "soak";
    static final int KEYS = 50;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

    private SoakPrograms() {}

    private static PGSimpleDataSource database(String url) {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(url);
        database.setLoginTimeout(5);
        database.setSocketTimeout(20);
        return database;
    }

    /** Stores event after event, and writes down what it attempts and what was acknowledged, that is committed. */
    static final class Publishing {
        /** Takes the database's URL, the broker's, the two files, and the first number. */
        public static void main(String[] arguments) throws Exception {
            FileChannel attempted = file(arguments[2]);
            FileChannel acknowledged = file(arguments[3]);
            Messaging messaging = Messaging.builder().uri(arguments[1]).build();
            Outbox outbox = Outbox.builder(database(arguments[0]))
                    .publishWith(messaging)
                    .build();
            for (long number = Long.parseLong(arguments[4]); ; number++) {
                note(attempted, number);
                try {
                    store(outbox, number);
                    note(acknowledged, number);
                    LockSupport.parkNanos(PAUSE_NANOS);
                } catch (OutboxException e) {
                    // It may have been committed or not; the next one is another.
                    LockSupport.parkNanos(100 * PAUSE_NANOS);
                }
            }
        }

        private static void store(Outbox outbox, long number) {
            outbox.inTransaction(connection -> {
                try (Statement statement = connection.createStatement()) {
                    // One that was killed may still hold it: its row comes first.
                    statement
                            .executeQuery("SELECT * FROM soak_writer FOR UPDATE")
                            .close();
                    statement.executeUpdate("INSERT INTO soak_event (n) VALUES (" + number + ")");
                }
                outbox.enqueue(connection, "events", Message.of(COUNTED, number).key("k" + number % KEYS));
                return null;
            });
        }

        private static FileChannel file(String name) throws IOException {
            return FileChannel.open(
                    Path.of(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        }

        private static void note(FileChannel file, long number) throws IOException {
            ByteBuffer line = ByteBuffer.wrap((number + "\n").getBytes(StandardCharsets.US_ASCII));
            while (line.hasRemaining()) {
                file.write(line);
            }
        }
    }

    /** Handles events with an inbox, in whose transaction it writes down each one. */
    static final class Consuming {
        /** Takes the database's URL and the broker's. */
        public static void main(String[] arguments) throws Exception {
            Messaging messaging = Messaging.builder()
                    .uri(arguments[1])
                    .connectionName("consumer")
                    .heartbeat(Duration.ofSeconds(2))
                    .publishTimeout(Duration.ofSeconds(5))
                    .build();
            messaging.start();
            subscribe(messaging, JdbcInbox.of(database(arguments[0])));
            Thread.currentThread().join();
        }

        private static void subscribe(Messaging messaging, JdbcInbox inbox) {
            messaging
                    .subscribe(QUEUE)
                    .bind("events", COUNTED.name(), VersionRange.parse("^1.0.0"))
                    .concurrency(2)
                    .prefetch(50)
                    .retry(
                            Duration.ofMillis(500),
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(2),
                            Duration.ofSeconds(4),
                            Duration.ofSeconds(8),
                            Duration.ofSeconds(16))
                    .idempotent(inbox)
                    .handler(Long.class, (number, delivery) -> {
                        try (Statement statement = delivery.connection().createStatement()) {
                            statement.executeUpdate("INSERT INTO soak_effect (n) VALUES (" + number + ")");
                        } catch (SQLException e) {
                            throw new IllegalStateException("The effect could not be written", e);
                        }
                    });
        }
    }
}
