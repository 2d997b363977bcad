package dev.dowel.messaging.outbox;

import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.Publisher;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A service in a JVM of its own that dies, with no chance to do anything more, at one point of its work. */
final class CrashingService {
    static final EventType<Long> DELETED = EventType.of("user.deleted", "1.0.0", Long.class);
    static final int HALTED = 42;
    static final int ROWS = 30;

    /** Where it dies. */
    enum Point {
        BEFORE_COMMIT,
        AFTER_COMMIT_BEFORE_WAKE_UP,
        AFTER_PUBLISH_BEFORE_CONFIRM,
        AFTER_CONFIRM_BEFORE_DELETE,
        DURING_DELETE
    }

    private final Point point;
    private final int after;
    private final AtomicInteger published = new AtomicInteger();

    private CrashingService(Point point, int after) {
        this.point = point;
        this.after = after;
    }

    /** Takes the database's URL, the broker's, the point, the first user's number, and the publication to die after. */
    public static void main(String[] arguments) throws Exception {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(arguments[0]);
        long first = Long.parseLong(arguments[3]);
        CrashingService service = new CrashingService(Point.valueOf(arguments[2]), Integer.parseInt(arguments[4]));
        Messaging messaging = Messaging.builder().uri(arguments[1]).build();
        messaging.start();
        messaging.awaitConnected(Duration.ofSeconds(60));
        Outbox outbox = Outbox.builder(service.database(database))
                .publishWith(service.messaging(messaging))
                .build();
        outbox.start();
        outbox.inTransaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                for (long user = first; user < first + ROWS; user++) {
                    statement.executeUpdate("INSERT INTO gone (id) VALUES (" + user + ")");
                    outbox.enqueue(
                            connection, "events", Message.of(DELETED, user).key("k" + user % 3));
                }
            }
            return null;
        });
        new CountDownLatch(1).await();
    }

    private void here(Point reached) {
        if (point == reached) {
            Runtime.getRuntime().halt(HALTED);
        }
    }

    private static boolean inRelay() {
        return Thread.currentThread().getName().contains("relay");
    }

    private DataSource database(DataSource real) {
        return HeldConfirms.proxy(DataSource.class, (method, arguments) -> {
            Object result = HeldConfirms.call(real, method, arguments);
            return result instanceof Connection connection ? connection(connection) : result;
        });
    }

    private Connection connection(Connection real) {
        return HeldConfirms.proxy(Connection.class, (method, arguments) -> {
            boolean deletes = method.getName().equals("prepareStatement")
                    && arguments[0].toString().startsWith("DELETE FROM messaging_outbox ");
            boolean commits = method.getName().equals("commit") && !inRelay();
            if (commits) {
                here(Point.BEFORE_COMMIT);
            }
            if (deletes) {
                here(Point.AFTER_CONFIRM_BEFORE_DELETE);
            }
            Object result = HeldConfirms.call(real, method, arguments);
            if (commits) {
                here(Point.AFTER_COMMIT_BEFORE_WAKE_UP);
            }
            return deletes ? statement((PreparedStatement) result) : result;
        });
    }

    private PreparedStatement statement(PreparedStatement real) {
        return HeldConfirms.proxy(PreparedStatement.class, (method, arguments) -> {
            Object result = HeldConfirms.call(real, method, arguments);
            if (method.getName().equals("executeUpdate")) {
                here(Point.DURING_DELETE);
            }
            return result;
        });
    }

    private Messaging messaging(Messaging real) {
        return HeldConfirms.proxy(Messaging.class, (method, arguments) -> {
            Object result = HeldConfirms.call(real, method, arguments);
            return result instanceof Publisher publisher ? publisher(publisher) : result;
        });
    }

    private Publisher publisher(Publisher real) {
        return HeldConfirms.proxy(Publisher.class, (method, arguments) -> {
            Object result = HeldConfirms.call(real, method, arguments);
            if (arguments[0] instanceof EncodedMessage && published.incrementAndGet() == after) {
                here(Point.AFTER_PUBLISH_BEFORE_CONFIRM);
            }
            return result;
        });
    }
}
