package dev.dowel.messaging.outbox;

import java.time.Duration;

/** Publishes in the transactions that the outbox runs itself. */
class OwnTransactionPublisherTest extends EventPublisherContract {
    private Outbox outbox;

    @Override
    protected void open() throws Exception {
        javax.sql.DataSource database = TestDatabase.POSTGRESQL.fresh();
        OutboxSchema.createIfMissing(database);
        outbox = Outbox.builder(database)
                .publishWith(messaging)
                .pollInterval(Duration.ofMinutes(1))
                .build();
        outbox.start();
    }

    @Override
    protected void shut() {
        outbox.close();
    }

    @Override
    protected EventPublisher publisher(String exchange) {
        return outbox.publisher(exchange);
    }

    @Override
    protected void inTransaction(Work work) {
        outbox.inTransaction(connection -> {
            work.run();
            return null;
        });
    }

    @Override
    protected long pending() {
        return outbox.pending();
    }
}
