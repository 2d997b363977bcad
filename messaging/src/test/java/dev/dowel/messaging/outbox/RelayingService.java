package dev.dowel.messaging.outbox;

import dev.dowel.messaging.Messaging;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.postgresql.ds.PGSimpleDataSource;

/** An instance of a service that does nothing but relay, until it is killed. */
final class RelayingService {
    private RelayingService() {}

    /** Takes the database's URL, the broker's, and the size of a batch. */
    public static void main(String[] arguments) throws Exception {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(arguments[0]);
        Messaging messaging = Messaging.builder()
                .uri(arguments[1])
                .connectionName("relay")
                .heartbeat(Duration.ofSeconds(2))
                .publishTimeout(Duration.ofSeconds(5))
                .build();
        messaging.start();
        Outbox outbox = Outbox.builder(database)
                .publishWith(messaging)
                .batchSize(Integer.parseInt(arguments[2]))
                .pollInterval(Duration.ofMillis(100))
                .confirmTimeout(Duration.ofSeconds(5))
                .build();
        outbox.start();
        new CountDownLatch(1).await();
    }
}
