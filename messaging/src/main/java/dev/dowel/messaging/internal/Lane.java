package dev.dowel.messaging.internal;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.dowel.messaging.PublishException;
import java.io.IOException;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A way to the broker: a channel with a window of unconfirmed messages, and another on which a message that may make the
 * broker close its channel travels alone. Each message ends in exactly one outcome. When a channel ends, for whatever
 * reason, everything on it fails and the next message opens a new one.
 */
final class Lane {
    static final int WINDOW = 1_000;
    static final int WINDOW_BYTES = 8 * 1024 * 1024;
    /** A broker under load may well not read for some tenths of a second, and a cut fails whatever is unconfirmed. */
    private static final long SHORTEST_CUT = TimeUnit.SECONDS.toNanos(1);

    private static final long NOBODY = 0;

    private final PublishGate gate;
    private final long timeoutNanos;
    private final Runnable cutConnection;
    private final Executor executor;
    private final Exchanges exchanges;
    private final Suspects suspects;
    private final ReentrantLock lock = new ReentrantLock();
    private final Semaphore messages = new Semaphore(WINDOW);
    /** Fair, so that a large body is not overtaken by small ones for ever. */
    private final Semaphore bytes = new Semaphore(WINDOW_BYTES, true);

    private final Semaphore oneApart = new Semaphore(1);
    /** What is to be sent, in order. Whoever has the lock sends from here, so nobody overtakes a message left by another. */
    private final Deque<Publication> waiting = new ConcurrentLinkedDeque<>();

    private final AtomicBoolean preparing = new AtomicBoolean();
    private volatile @Nullable ConfirmingChannel shared;
    private volatile @Nullable ConfirmingChannel aside;
    private volatile long writingSince = NOBODY;

    /**
     * A write that hangs is ended by cutting the connection. On the executor runs whatever waits for an answer of the
     * broker: channels are opened and closed, exchanges declared; and what its publisher does not wait for is sent.
     */
    Lane(
            PublishGate gate,
            Duration timeout,
            Runnable cutConnection,
            Executor executor,
            Exchanges exchanges,
            Suspects suspects) {
        this.gate = gate;
        this.timeoutNanos = timeout.toNanos();
        this.cutConnection = cutConnection;
        this.executor = executor;
        this.exchanges = exchanges;
        this.suspects = suspects;
    }

    /** Returns how many more messages the window has room for. */
    int room() {
        return messages.availablePermits();
    }

    /** Publishes as {@link #publish(Publication, long)} does, with the lane's timeout. */
    CompletableFuture<Void> publish(
            String exchange, String routingKey, boolean mandatory, AMQP.BasicProperties properties, byte[] body) {
        return publish(
                new Publication(exchange, routingKey, mandatory, properties, body), System.nanoTime() + timeoutNanos);
    }

    /**
     * Publishes; blocks while the window is full or the gate is shut, at most until the deadline. What the broker must
     * answer first is not waited for here: the message is sent afterwards, or fails at the deadline. The future completes
     * on a thread of the client's, so nothing that blocks may depend on it directly.
     */
    CompletableFuture<Void> publish(Publication one, long deadline) {
        boolean reserved = false;
        try {
            Connection connection = gate.await(deadline, one::description);
            one.checkFits(connection);
            reserved = reserve(List.of(one), deadline);
            if (!reserved) {
                throw one.failure(
                        PublishException.Kind.BLOCKED,
                        " was not sent: the window of unconfirmed messages stayed full",
                        null);
            }
            one.via(connection.isOpen() ? connection : gate.await(deadline, one::description));
            one.deadline(deadline);
            waiting.add(one);
            reserved = false;
            send(one, deadline);
        } catch (PublishException e) {
            one.outcome().completeExceptionally(e);
        } catch (InterruptedException e) {
            one.outcome().completeExceptionally(interrupted(one, e));
        } finally {
            if (reserved) {
                release(one);
            }
        }
        return one.outcome();
    }

    /** Sends what is waiting, up to the publication given, as far as the broker need not be asked anything first. */
    private void send(Publication last, long deadline) {
        try {
            if (lock.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                boolean all;
                try {
                    all = sendReady(last);
                } finally {
                    lock.unlock();
                }
                if (!all) {
                    sendSoon();
                }
            } else {
                giveUp(last, late(last));
            }
        } catch (InterruptedException e) {
            giveUp(last, interrupted(last, e));
        }
    }

    private static PublishException interrupted(Publication one, InterruptedException e) {
        Thread.currentThread().interrupt();
        return one.failure(PublishException.Kind.NOT_CONNECTED, " was not sent: interrupted", e);
    }

    private static PublishException late(Publication one) {
        return one.failure(
                PublishException.Kind.BLOCKED,
                " was not sent in time: the broker did not open a channel or declare the exchange, or another message is"
                        + " still being written",
                null);
    }

    /** Fails what is still waiting; if it is not, somebody sends it and settles it. */
    private void giveUp(Publication one, PublishException failure) {
        if (waiting.remove(one)) {
            settleUnsent(one, failure);
        }
    }

    /** For who has the lock. Returns false if something is left that the broker must be asked for first. */
    private boolean sendReady(@Nullable Publication last) {
        while (last == null || !last.taken()) {
            Publication next = waiting.peek();
            if (next == null) {
                return true;
            }
            ConfirmingChannel channel = channel(next);
            if (channel == null || !channel.readyFor(next)) {
                return false;
            }
            if (waiting.remove(next)) {
                transmit(channel, next);
            }
        }
        return true;
    }

    private void transmit(ConfirmingChannel channel, Publication one) {
        writingSince = System.nanoTime() | 1;
        try {
            if (channel.send(one)) {
                one.take();
            } else {
                // Another message has ended the channel in between: a new one takes it.
                waiting.addFirst(one);
            }
        } catch (Throwable e) { // NOPMD: whatever it is, each publication has an outcome
            if (!one.outcome().isDone()) {
                settleUnsent(
                        one, one.failure(PublishException.Kind.REFUSED, " was not sent: the client refuses it", e));
            }
        } finally {
            writingSince = NOBODY;
        }
    }

    private void settleUnsent(Publication one, PublishException failure) {
        one.take();
        release(one);
        one.outcome().completeExceptionally(failure);
    }

    /** Takes places in the window without waiting, for all or for none. */
    boolean tryReserve(List<Publication> all) {
        try {
            return reserve(all, 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Lets the executor send what has its places in the window; never blocks. */
    void sendLater(Publication one) {
        one.deadline(System.nanoTime() + timeoutNanos);
        waiting.add(one);
        sendSoon();
    }

    private void sendSoon() {
        if (preparing.compareAndSet(false, true)) {
            try {
                executor.execute(() -> whileWaiting(this::prepareAndSend));
            } catch (RejectedExecutionException e) {
                whileWaiting(one -> giveUp(
                        one,
                        one.failure(PublishException.Kind.NOT_CONNECTED, " was not sent: messaging is closed", e)));
            }
        }
    }

    /** Does something about the first that waits until none waits. */
    private void whileWaiting(Consumer<Publication> action) {
        do {
            for (Publication next = waiting.peek(); next != null; next = waiting.peek()) {
                action.accept(next);
            }
            preparing.set(false);
        } while (!waiting.isEmpty() && preparing.compareAndSet(false, true));
    }

    private void prepareAndSend(Publication first) {
        try {
            prepare(first);
        } catch (PublishException e) {
            giveUp(first, e);
        } catch (Throwable e) { // NOPMD: whatever it is, each publication has an outcome
            giveUp(
                    first,
                    first.failure(PublishException.Kind.NOT_CONNECTED, " was not sent: no channel could be opened", e));
        }
        lock.lock();
        try {
            boolean unused = sendReady(null);
        } finally {
            lock.unlock();
        }
    }

    /** A deadline of zero means not to wait at all. */
    private boolean reserve(List<Publication> all, long deadline) throws InterruptedException {
        List<Publication> suspected = all.stream().filter(suspects::contains).toList();
        int size = weight(all);
        boolean alone = false;
        boolean counted = false;
        boolean weighed = false;
        try {
            alone = suspected.isEmpty() || acquire(oneApart, 1, deadline);
            counted = alone && acquire(messages, all.size(), deadline);
            weighed = counted && acquire(bytes, size, deadline);
        } finally {
            if (counted && !weighed) {
                messages.release(all.size());
            }
            if (alone && !weighed && !suspected.isEmpty()) {
                oneApart.release();
            }
        }
        if (weighed) {
            AtomicInteger group = new AtomicInteger(suspected.size());
            suspected.forEach(one -> one.apart(group));
        }
        return weighed;
    }

    private static boolean acquire(Semaphore from, int permits, long deadline) throws InterruptedException {
        return deadline == 0
                ? from.tryAcquire(permits)
                : from.tryAcquire(permits, deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /** Gives back the places of what will not be sent, or is settled. */
    void release(Publication one) {
        bytes.release(one.weight());
        messages.release();
        if (one.back()) {
            oneApart.release();
        }
    }

    /** A body larger than the window has all of it to itself. */
    private static int weight(List<Publication> all) {
        int left = WINDOW_BYTES;
        for (Publication one : all) {
            int weight = Math.min(one.body().length, left);
            one.weight(weight);
            left -= weight;
        }
        return WINDOW_BYTES - left;
    }

    private @Nullable ConfirmingChannel channel(Publication one) {
        return one.apart() ? aside : shared;
    }

    /** Asks the broker for the channel and the exchange; only the thread that is preparing does so. */
    private void prepare(Publication one) {
        Connection connection = one.connection();
        try {
            ConfirmingChannel channel = channel(one);
            if (channel == null || !channel.usableOn(connection)) {
                channel = ConfirmingChannel.open(connection, suspects, this::release, executor, exchanges);
                if (one.apart()) {
                    aside = channel;
                } else {
                    shared = channel;
                }
            }
            channel.ensure(one.exchange());
        } catch (IOException | ShutdownSignalException e) {
            String reason = Headers.shown(ConnectFailure.describe(e.getCause() == null ? e : e.getCause()));
            throw Exchanges.refusedByBroker(e)
                    ? one.failure(
                            PublishException.Kind.NO_EXCHANGE,
                            " was not sent: the exchange is not there and could not be declared: " + reason,
                            e)
                    : one.failure(
                            PublishException.Kind.NOT_CONNECTED,
                            " was not sent: the channel could not be opened or the exchange not declared: " + reason,
                            e);
        }
    }

    /** Fails what has waited too long, to be sent or for its confirm, and cuts a connection on which a write hangs. */
    void expire() {
        long writing = writingSince;
        long now = System.nanoTime();
        if (writing != NOBODY && now - writing > Math.max(timeoutNanos, SHORTEST_CUT)) {
            cutConnection.run();
        }
        for (Publication one : waiting) {
            if (now - one.deadline() > 0) {
                giveUp(one, late(one));
            }
        }
        forEachChannel(channel -> channel.expire(timeoutNanos));
    }

    /** Fails whatever is still unconfirmed. */
    void close() {
        forEachChannel(ConfirmingChannel::retire);
    }

    private void forEachChannel(Consumer<ConfirmingChannel> action) {
        for (ConfirmingChannel channel : new @Nullable ConfirmingChannel[] {shared, aside}) {
            if (channel != null) {
                action.accept(channel);
            }
        }
    }
}
