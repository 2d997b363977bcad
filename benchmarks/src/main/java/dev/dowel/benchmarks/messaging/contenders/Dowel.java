package dev.dowel.benchmarks.messaging.contenders;

import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.JsonCodec;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.Publisher;
import dev.dowel.messaging.Receipt;
import dev.dowel.messaging.Subscription;
import dev.dowel.messaging.VersionRange;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;

/** This repository's messaging. */
public final class Dowel {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Bodies are what was encoded before. */
    private static final JsonCodec AS_IT_IS = new JsonCodec() {
        @Override
        public byte[] encode(Object body) {
            return (byte[]) body;
        }

        @Override
        public <T> T decode(byte[] json, Class<T> type) {
            return type.cast(json);
        }
    };

    private Dowel() {}

    /** Returns a connected messaging whose bodies are what was encoded before. */
    public static Messaging open(URI uri) throws TimeoutException {
        return open(uri, AS_IT_IS);
    }

    private static Messaging open(URI uri, JsonCodec json) throws TimeoutException {
        Messaging messaging = Messaging.builder()
                .uri(uri.toString())
                .connectionName("bench")
                .json(json)
                .build();
        messaging.start();
        if (!messaging.awaitConnected(PATIENCE)) {
            messaging.close();
            throw new TimeoutException("no connection in " + PATIENCE);
        }
        return messaging;
    }

    /** All threads share one publisher, and each waits for each confirm. */
    static Outlet waiting(Job job) throws TimeoutException {
        return outlet(job, AS_IT_IS, publisher -> due -> {
            publisher.publishAndWait(Message.of(Event.ENCODED, job.body()));
            job.tally().done(due);
        });
    }

    /** Futures in a window, of a message encoded before. */
    static Outlet windowed(Job job) throws TimeoutException {
        EncodedMessage message = Message.of(Event.ENCODED, job.body()).encode(AS_IT_IS);
        return futures(job, AS_IT_IS, publisher -> () -> publisher.publish(message));
    }

    /** Futures in a window, encoding each. */
    static Outlet encoding(Job job) throws TimeoutException {
        return futures(
                job, JsonCodec.jackson2(), publisher -> () -> publisher.publish(Message.of(Event.TYPE, job.event())));
    }

    private static Outlet futures(
            Job job, JsonCodec json, Function<Publisher, Supplier<CompletionStage<Receipt>>> publish)
            throws TimeoutException {
        Semaphore window = new Semaphore(job.window());
        return outlet(job, json, publisher -> {
            Supplier<CompletionStage<Receipt>> one = publish.apply(publisher);
            return due -> {
                window.acquire();
                CompletionStage<Receipt> unused = one.get().whenComplete((receipt, failure) -> {
                    window.release();
                    if (failure == null) {
                        job.tally().done(due);
                    } else {
                        job.tally().failed(failure);
                    }
                });
            };
        });
    }

    private static Outlet outlet(Job job, JsonCodec json, Function<Publisher, Outlet.Caller> caller)
            throws TimeoutException {
        Messaging messaging = open(job.uri(), json);
        Publisher publisher = messaging.publisher(job.exchange());
        return new Outlet() {
            @Override
            public Caller caller() {
                return caller.apply(publisher);
            }

            @Override
            public void close() {
                messaging.close();
            }
        };
    }

    /** A subscription with as many handlers as there are consumers, which all get their messages ahead. */
    static AutoCloseable consuming(Job job) throws TimeoutException {
        Messaging messaging = open(job.uri());
        subscribe(messaging, job.exchange(), job.queue(), job.threads(), job.window(), job.tally());
        return messaging;
    }

    /** Declares a queue as a subscription does, so that all consume from the same. */
    public static void declareQueue(URI uri, String exchange, String queue) throws TimeoutException {
        try (Messaging messaging = open(uri)) {
            Subscription subscription = subscribe(messaging, exchange, queue, 1, 1, new Tally());
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!subscription.active()) {
                if (System.nanoTime() > end) {
                    throw new TimeoutException("no consumer in " + PATIENCE);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
        }
    }

    private static Subscription subscribe(
            Messaging messaging, String exchange, String queue, int handlers, int prefetch, Tally tally) {
        return messaging
                .subscribe(queue)
                .bind(exchange, "bench.event", VersionRange.parse("1.0.0"))
                .concurrency(handlers)
                .prefetch(prefetch * handlers)
                .retry()
                .handler(byte[].class, (body, delivery) -> tally.done(0));
    }
}
