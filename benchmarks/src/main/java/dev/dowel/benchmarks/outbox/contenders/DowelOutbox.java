package dev.dowel.benchmarks.outbox.contenders;

import dev.dowel.benchmarks.messaging.contenders.Dowel;
import dev.dowel.benchmarks.messaging.contenders.Event;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.outbox.Outbox;
import dev.dowel.messaging.outbox.OutboxListener;
import dev.dowel.messaging.outbox.OutboxSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** This repository's outbox, in one instance of a service or several; the first one stores. */
final class DowelOutbox implements Relaying {

    private static final int KEYS = 1_000;

    private final String exchange;
    private final List<Messaging> connections = new ArrayList<>();
    private final List<Outbox> instances = new ArrayList<>();
    private final AtomicLong stored = new AtomicLong();

    DowelOutbox(Setting setting, int relays) throws TimeoutException {
        exchange = setting.exchange();
        OutboxSchema.createIfMissing(setting.database());
        OutboxListener counting = new OutboxListener() {
            @Override
            public void relayed(Batch batch) {
                setting.tally().done(batch.published(), new long[0]);
                if (!batch.failed().isEmpty() || batch.parked() > 0) {
                    setting.tally().failed(new IllegalStateException("not published: " + batch));
                }
            }
        };
        for (int i = 0; i < relays; i++) {
            Messaging messaging = Dowel.open(setting.uri());
            connections.add(messaging);
            instances.add(Outbox.builder(setting.database())
                    .publishWith(messaging)
                    .batchSize(Setting.BATCH)
                    .listener(counting)
                    .build());
        }
    }

    @Override
    public void store(byte[][] bodies, Runnable committing) {
        Outbox outbox = instances.get(0);
        outbox.inTransaction(connection -> {
            for (byte[] body : bodies) {
                String key = Long.toString(stored.incrementAndGet() % KEYS);
                outbox.enqueue(
                        connection, exchange, Message.of(Event.ENCODED, body).key(key));
            }
            committing.run();
            return bodies.length;
        });
    }

    @Override
    public void start() {
        instances.forEach(Outbox::start);
    }

    @Override
    public void close() {
        instances.forEach(Outbox::close);
        connections.forEach(Messaging::close);
    }
}
