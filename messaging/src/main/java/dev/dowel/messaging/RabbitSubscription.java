package dev.dowel.messaging;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps as many consumers running as wanted. A thread of its own compares wanted with actual and reopens what is missing,
 * whyever it is: connection lost, channel closed by the broker, queue deleted, consumer cancelled.
 */
final class RabbitSubscription implements Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);
    private static final long CHECK_MILLIS = 1_000;
    private static final long LONGEST_BACK_OFF = 10_000;
    /** A pace at which a message that can be moved nowhere stays far from the delivery limit for a while. */
    private static final long GIVE_BACK_MILLIS = 1_000;

    private final SubscriptionPlan plan;
    private final MessageProcessor<?> processor;
    private final Supplier<Optional<Connection>> connection;
    private final Executor executor;
    private final Runnable onStop;
    private final List<Worker> workers = new ArrayList<>();
    private final Semaphore wakeUp = new Semaphore(0);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Thread thread;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final AtomicBoolean stopped = new AtomicBoolean();
    private @Nullable CompletableFuture<Void> cancelled;
    private volatile String lastError = "";

    RabbitSubscription(
            SubscriptionPlan plan,
            MessageProcessor<?> processor,
            Supplier<Optional<Connection>> connection,
            Executor executor,
            Runnable onStop) {
        this.plan = plan;
        this.processor = processor;
        this.connection = connection;
        this.executor = executor;
        this.onStop = onStop;
        for (int i = 0; i < plan.concurrency(); i++) {
            workers.add(new Worker());
        }
        this.thread = new Thread(this::supervise, "dowel-messaging " + plan.queue());
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Looks at once whether something is missing. */
    void check() {
        wakeUp.release();
    }

    @Override
    public String queue() {
        return plan.queue();
    }

    @Override
    public boolean active() {
        return !stopping() && activeConsumers() == plan.concurrency();
    }

    int activeConsumers() {
        return (int) workers.stream().filter(Worker::active).count();
    }

    int wantedConsumers() {
        return stopping() ? 0 : plan.concurrency();
    }

    private boolean stopping() {
        return stopping.getCount() == 0;
    }

    String lastError() {
        return lastError;
    }

    private void supervise() {
        int failures = 0;
        try {
            while (!stopping()) {
                long pause = CHECK_MILLIS;
                if (!active()) {
                    Optional<Connection> open = connection.get();
                    if (open.isPresent()) {
                        failures = reopen(open.get()) ? 0 : failures + 1;
                        pause = failures == 0
                                ? CHECK_MILLIS
                                : ThreadLocalRandom.current()
                                                .nextLong(Math.min(LONGEST_BACK_OFF, 200L << Math.min(failures, 10)))
                                        + 1;
                    }
                }
                if (wakeUp.tryAcquire(pause, TimeUnit.MILLISECONDS)) {
                    wakeUp.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            // Nobody interrupts this thread but the JVM's end.
            Thread.currentThread().interrupt();
        } finally {
            ended.complete(null);
        }
    }

    private boolean reopen(Connection open) {
        try {
            Topology.declare(open, plan);
            for (Worker worker : workers) {
                if (!stopping() && !worker.active()) {
                    worker.open(open);
                }
            }
            lastError = "";
            return true;
        } catch (IOException | TimeoutException | RuntimeException e) {
            Throwable root = e.getCause() == null ? e : e.getCause();
            String error = "Cannot consume " + plan.queue() + ": " + SupervisedConnection.describe(root);
            if (!error.equals(lastError)) {
                LOG.warn("{}; retrying in the background", error);
            }
            lastError = error;
            return false;
        }
    }

    /**
     * Begins to stop: nothing more is handled, nobody consumes any longer. On the executor, since cancelling waits for the
     * broker's answer. Completes when there is no consumer and none can come.
     */
    synchronized CompletableFuture<Void> cancel() {
        if (cancelled == null) {
            stopping.countDown();
            check();
            List<CompletableFuture<?>> all = new ArrayList<>();
            all.add(ended);
            workers.forEach(worker -> all.add(CompletableFuture.runAsync(worker::cancel, executor)));
            cancelled = CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
        }
        return cancelled;
    }

    @Override
    public void stop(Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        CompletableFuture<Void> nobodyConsumes = cancel();
        if (!stopped.compareAndSet(false, true)) {
            return;
        }
        // Only then: what a closed channel gives back must not come to another consumer, and count as delivered again.
        CompletableFuture<?> closed = CompletableFuture.allOf(workers.stream()
                .map(worker ->
                        nobodyConsumes.thenCompose(none -> worker.drained(end)).thenRunAsync(worker::close, executor))
                .toArray(CompletableFuture<?>[]::new));
        try {
            closed.get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn(
                    "{}: {} at the deadline; what is not finished comes again",
                    plan.queue(),
                    nobodyConsumes.isDone()
                            ? "a handler is still running"
                            : "a consumer is still being opened or closed");
        } finally {
            onStop.run();
        }
    }

    /** One consumer on a channel of its own; the handler runs on the channel's dispatch thread, so acks stay in order. */
    private final class Worker {
        private volatile @Nullable Consumer consumer;

        boolean active() {
            Consumer now = consumer;
            return now != null
                    && now.consuming != null
                    && !now.gone.isDone()
                    && now.getChannel().isOpen();
        }

        void open(Connection from) throws IOException {
            close();
            Channel channel = Exchanges.openChannel(from);
            Consumer fresh = new Consumer(channel);
            try {
                channel.basicQos(share());
                fresh.consuming = channel.basicConsume(plan.queue(), false, fresh);
                consumer = fresh;
            } catch (IOException | RuntimeException e) {
                channel.abort();
                throw e;
            }
            if (stopping()) {
                // It came too late to be cancelled with the others.
                cancel();
            }
        }

        private int share() {
            return (plan.prefetch() + plan.concurrency() - 1) / plan.concurrency();
        }

        void cancel() {
            Consumer now = consumer;
            String tag = now == null ? null : now.consuming;
            if (now != null && tag != null && active() && now.cancelling.compareAndSet(false, true)) {
                try {
                    now.getChannel().basicCancel(tag);
                    // The broker answers a cancel before it takes the consumer off a quorum queue, and what comes next
                    // on
                    // the channel after it has: else what another channel gives back could still come here.
                    now.getChannel().basicQos(share());
                } catch (IOException | RuntimeException e) {
                    // The channel is gone, and with it the consumer.
                    now.gone.complete(null);
                }
            }
        }

        /** Completes when the last delivery before the broker's answer to cancel is dealt with, at the latest at the end. */
        CompletableFuture<Void> drained(long end) {
            Consumer now = consumer;
            return now == null
                    ? CompletableFuture.completedFuture(null)
                    : now.gone.copy().completeOnTimeout(null, end - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        void close() {
            Consumer now = consumer;
            if (now != null) {
                try {
                    now.getChannel().abort();
                } catch (IOException | RuntimeException e) {
                    // Closed already: the broker gives back what was not acknowledged.
                    now.gone.complete(null);
                }
            }
        }
    }

    private final class Consumer extends DefaultConsumer {
        private final CompletableFuture<Void> gone = new CompletableFuture<>();
        private final AtomicBoolean cancelling = new AtomicBoolean();
        /** The tag, once the broker has answered: the inherited one is set later, on the dispatch thread. */
        private volatile @Nullable String consuming;

        Consumer(Channel channel) {
            super(channel);
        }

        @Override
        public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                throws IOException {
            if (stopping() || !getChannel().isOpen()) {
                // It goes back with its channel, which counts as one delivery. A nack would bring it again at once to
                // whoever consumes still, up to the delivery limit; on a lost channel another consumer has it already.
                return;
            }
            MessageProcessor.Verdict verdict = processor.process(new RabbitDelivery(envelope, properties, body));
            try {
                tell(verdict, envelope.getDeliveryTag());
            } catch (AlreadyClosedException e) {
                // The channel of this delivery is gone: the broker delivers the message again on another.
                gone.complete(null);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void tell(MessageProcessor.Verdict verdict, long tag) throws IOException, InterruptedException {
            switch (verdict) {
                case ACK -> getChannel().basicAck(tag, false);
                case GIVE_BACK -> giveBack(tag);
                case GIVE_BACK_LATER -> {
                    boolean unused = stopping.await(GIVE_BACK_MILLIS, TimeUnit.MILLISECONDS);
                    giveBack(tag);
                }
                // Newer brokers count a reject towards the delivery limit and not a nack.
                case BROKE_DOWN -> getChannel().basicReject(tag, true);
            }
        }

        /** While stopping it goes back with its channel, as what was never handled does. */
        private void giveBack(long tag) throws IOException {
            if (!stopping()) {
                getChannel().basicNack(tag, false, true);
            }
        }

        @Override
        public void handleCancelOk(String consumerTag) {
            gone.complete(null);
        }

        @Override
        public void handleCancel(String consumerTag) {
            LOG.warn("{}: the broker cancelled a consumer; reopening", plan.queue());
            gone.complete(null);
            check();
        }

        @Override
        public void handleShutdownSignal(String consumerTag, ShutdownSignalException cause) {
            gone.complete(null);
            check();
        }
    }
}
