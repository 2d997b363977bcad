package dev.dowel.messaging.internal;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import dev.dowel.messaging.Subscription;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A consumer and its channel; the handler runs on the channel's dispatch thread, so acks stay in order. */
final class ChannelConsumer extends DefaultConsumer implements MessageProcessor.Holder {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);
    /** A pace at which a message that can be moved nowhere stays far from the delivery limit for a while. */
    private static final Duration GIVE_BACK = Duration.ofSeconds(1);
    /** How soon a wait with a message ends when its channel is lost. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final String queue;
    private final MessageProcessor processor;
    private final HandlingWatch watch;
    private final Owner owner;
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private final AtomicBoolean cancelling = new AtomicBoolean();
    private final AtomicBoolean cancelledByBroker = new AtomicBoolean();
    private final Semaphore idle = new Semaphore(1);
    private volatile boolean retired;
    private volatile long lastBusy = System.nanoTime();
    private volatile @Nullable Thread handling;
    /** The tag, once the broker has answered: the inherited one is set later, on the dispatch thread. */
    private volatile @Nullable String consuming;

    ChannelConsumer(Channel channel, String queue, MessageProcessor processor, HandlingWatch watch, Owner owner) {
        super(channel);
        this.queue = queue;
        this.processor = processor;
        this.watch = watch;
        this.owner = owner;
    }

    /** Who wants the consumer. */
    interface Owner {
        boolean stopping();

        /** Waits until it stops, at most so long; returns whether it stops. */
        boolean awaitStopping(Duration time) throws InterruptedException;

        /** A consumer is gone. */
        void check();

        /** A queue that a message was to be moved to is not there. */
        void missed(String queue);
    }

    void consume() throws IOException {
        consuming = getChannel().basicConsume(queue, false, this);
    }

    boolean active() {
        return consuming != null
                && !cancelledByBroker.get()
                && !gone.isDone()
                && getChannel().isOpen();
    }

    /** Nothing comes any more, if the tag is of this one; a handler may still be running. */
    void cancelledByBroker(String tag) {
        if (tag.equals(consuming) && cancelledByBroker.compareAndSet(false, true)) {
            LOG.warn("{}: the broker cancelled a consumer; reopening", queue);
            owner.check();
        }
    }

    /** Completes when nothing comes any more and what came is dealt with. */
    CompletableFuture<Void> gone() {
        return gone;
    }

    void cancel(int prefetch) {
        String tag = consuming;
        if (tag != null && active() && cancelling.compareAndSet(false, true)) {
            try {
                getChannel().basicCancel(tag);
                // The broker answers a cancel before it takes the consumer off a quorum queue, and what comes next on
                // the channel after it has: else what another channel gives back could still come here.
                getChannel().basicQos(prefetch);
            } catch (IOException | RuntimeException e) {
                // The channel is gone, and with it the consumer.
                gone.complete(null);
            }
        }
    }

    void close() {
        try {
            getChannel().abort();
        } catch (IOException | RuntimeException e) {
            // Closed already: the broker gives back what was not acknowledged.
            gone.complete(null);
        }
    }

    @Override
    public HandlingWatch watch() {
        return watch;
    }

    @Override
    public void missed(String missedQueue) {
        owner.missed(missedQueue);
    }

    @Override
    public boolean keep(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        try {
            for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
                if (owner.awaitStopping(Duration.ofNanos(Math.min(left, LOOK_NANOS)))
                        || !getChannel().isOpen()) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            // It was meant for the handler, which has returned.
            return keep(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        }
    }

    @Override
    public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
            throws IOException {
        idle.acquireUninterruptibly();
        handling = Thread.currentThread();
        try {
            handle(envelope, properties, body);
        } finally {
            handling = null;
            lastBusy = System.nanoTime();
            idle.release();
        }
    }

    boolean handlingHere() {
        return Thread.currentThread().equals(handling);
    }

    /** Tells whether a handler is running. */
    boolean busy() {
        return idle.availablePermits() == 0;
    }

    boolean idleLongerThan(Duration time) {
        return !busy() && System.nanoTime() - lastBusy > time.toNanos();
    }

    /** Lets no handler begin until it is let go; returns false if one is running. */
    boolean hold() {
        return idle.tryAcquire();
    }

    void letGo() {
        idle.release();
    }

    /** From now on nothing is handled here. */
    void retire() {
        retired = true;
    }

    /** Waits for the handler that is running; what comes after that is not handled any more. */
    void awaitIdle(long end) {
        try {
            if (idle.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                idle.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void handle(Envelope envelope, AMQP.BasicProperties properties, byte[] body) throws IOException {
        if (owner.stopping() || retired || !getChannel().isOpen()) {
            // It goes back with its channel, which counts as one delivery. A nack would bring it again at once to
            // whoever consumes still, up to the delivery limit; on a lost channel another consumer has it already.
            return;
        }
        MessageProcessor.Verdict verdict = processor.process(new RabbitDelivery(envelope, properties, body), this);
        try {
            tell(verdict, envelope.getDeliveryTag());
        } catch (AlreadyClosedException e) {
            // The channel of this delivery is gone: the broker delivers the message again on another.
            gone.complete(null);
        }
    }

    private boolean stopsWithin(Duration time) {
        try {
            return owner.awaitStopping(time);
        } catch (InterruptedException e) {
            // It was meant for the handler, which has returned: the message is given back a little sooner.
            return false;
        }
    }

    private void tell(MessageProcessor.Verdict verdict, long tag) throws IOException {
        switch (verdict) {
            case ACK -> getChannel().basicAck(tag, false);
            case LEAVE -> {
                // It goes back with its channel.
            }
            case GIVE_BACK_LATER -> {
                // While stopping it goes back with its channel, as what was never handled does.
                if (!stopsWithin(GIVE_BACK)) {
                    getChannel().basicNack(tag, false, true);
                }
            }
            // Newer brokers count a reject towards the delivery limit and not a nack.
            case BROKE_DOWN -> getChannel().basicReject(tag, true);
        }
    }

    @Override
    public void handleCancelOk(String consumerTag) {
        gone.complete(null);
    }

    @Override
    public void handleCancel(String consumerTag) {
        gone.complete(null);
        owner.check();
    }

    @Override
    public void handleShutdownSignal(String consumerTag, ShutdownSignalException cause) {
        if (!cause.isHardError() && !cause.isInitiatedByApplication()) {
            LOG.warn(
                    "{}: the broker closed a consumer's channel: {}",
                    queue,
                    Headers.shown(ConnectFailure.describe(cause)));
        }
        gone.complete(null);
        owner.check();
    }
}
