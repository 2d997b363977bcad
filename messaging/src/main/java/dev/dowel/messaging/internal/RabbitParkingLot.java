package dev.dowel.messaging.internal;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.ShutdownSignalException;
import dev.dowel.messaging.MessagingException;
import dev.dowel.messaging.ParkedMessage;
import dev.dowel.messaging.ParkingLot;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The parking queue of a subscription. Each operation has a channel of its own, whose end gives back what was held. */
final class RabbitParkingLot implements ParkingLot {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final String queue;
    private final Supplier<Optional<Connection>> connection;
    private final Lane lane;
    private final Duration patience;
    /** Two at once would each hold what the other looks for. */
    private final ReentrantLock oneAtATime = new ReentrantLock();

    RabbitParkingLot(String queue, Supplier<Optional<Connection>> connection, Lane lane, Duration patience) {
        this.queue = queue;
        this.connection = connection;
        this.lane = lane;
        this.patience = patience;
    }

    private interface Work<R> {
        R on(Channel channel) throws IOException, InterruptedException;
    }

    private interface WindowWork<R> {
        R on(ParkingWindow window) throws IOException;
    }

    @Override
    public long count() {
        return onChannel(channel -> channel.messageCount(parking()));
    }

    @Override
    public List<ParkedMessage> peek(int max) {
        if (max < 1 || max > ParkingWindow.MOST) {
            throw new IllegalArgumentException("max is 1 to " + ParkingWindow.MOST + ", not " + max);
        }
        return onWindow(
                max,
                window -> window.held().stream()
                        .map(held -> FailureReport.read(queue, held))
                        .toList());
    }

    @Override
    public boolean replay(String id) {
        return onWindow(ParkingWindow.MOST, window -> {
            Optional<Delivery> found = find(window, id);
            if (found.isPresent()) {
                try {
                    publish(found.get()).join();
                } catch (CompletionException e) {
                    throw notSentBack(id + " stays parked", cause(e));
                }
                window.take(found.get());
            }
            return found.isPresent();
        });
    }

    @Override
    public int replayAll() {
        long all = count();
        int done = 0;
        while (done < all) {
            int before = done;
            int most = (int) Math.min(ParkingWindow.MOST, all - done);
            int moved = onWindow(most, window -> replay(window, before));
            if (moved == 0) {
                break;
            }
            done += moved;
        }
        return done;
    }

    /** All are sent, in order, before the first confirm is waited for; none goes before its own confirm is there. */
    private int replay(ParkingWindow window, int before) throws IOException {
        List<CompletableFuture<Void>> sent = new ArrayList<>();
        for (Delivery held : window.held()) {
            CompletableFuture<Void> outcome = publish(held);
            sent.add(outcome);
            if (outcome.isCompletedExceptionally()) {
                break;
            }
        }
        int oldest = 0;
        int others = 0;
        Optional<Throwable> failure = Optional.empty();
        for (int i = 0; i < sent.size(); i++) {
            try {
                sent.get(i).join();
                if (failure.isEmpty()) {
                    oldest++;
                } else {
                    window.take(window.held().get(i));
                    others++;
                }
            } catch (CompletionException e) {
                failure = failure.or(() -> Optional.of(cause(e)));
            }
        }
        window.takeOldest(oldest);
        int done = oldest + others;
        if (failure.isPresent()) {
            throw notSentBack((before + done) + " messages were sent back, the others stay parked", failure.get());
        }
        return done;
    }

    @Override
    public boolean discard(String id) {
        return onWindow(ParkingWindow.MOST, window -> {
            Optional<Delivery> found = find(window, id);
            if (found.isPresent()) {
                window.take(found.get());
            }
            return found.isPresent();
        });
    }

    @Override
    public int discardAll() {
        return onChannel(channel -> channel.queuePurge(parking()).getMessageCount());
    }

    private String parking() {
        return SubscriptionPlan.parking(queue);
    }

    private Optional<Delivery> find(ParkingWindow window, String id) {
        return window.held().stream()
                .filter(held -> FailureReport.read(queue, held).id().equals(id))
                .findFirst();
    }

    private CompletableFuture<Void> publish(Delivery held) {
        ParkedMessage parked = FailureReport.read(queue, held);
        AMQP.BasicProperties properties =
                FailureHeaders.replayed(held.getProperties(), parked.exchange(), parked.routingKey());
        return lane.publish("", queue, true, properties, held.getBody());
    }

    private static Throwable cause(CompletionException e) {
        return e.getCause() == null ? e : e.getCause();
    }

    private MessagingException notSentBack(String what, Throwable cause) {
        return new MessagingException("Replay from " + parking() + ": " + what + ": " + cause.getMessage(), cause);
    }

    private <R> R onChannel(Work<R> work) {
        return onConnection(open -> {
            Channel channel = Exchanges.openChannel(open);
            try {
                return work.on(channel);
            } finally {
                channel.abort();
            }
        });
    }

    private <R> R onWindow(int max, WindowWork<R> work) {
        return onConnection(open -> {
            Channel channel = Exchanges.openChannel(open);
            ParkingWindow window = null;
            try {
                window = ParkingWindow.open(channel, parking(), max);
                R result = work.on(window);
                // Not abort: what was acknowledged must have arrived.
                channel.close();
                return result;
            } finally {
                channel.abort();
                if (window != null && open.isOpen()) {
                    Channel other = Exchanges.openChannel(open);
                    window.awaitReturned(other);
                    other.abort();
                }
            }
        });
    }

    private interface ConnectionWork<R> {
        R on(Connection open) throws IOException, InterruptedException, TimeoutException;
    }

    private <R> R onConnection(ConnectionWork<R> work) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            if (!oneAtATime.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw failure("another call is still busy with it; try again later", null);
            }
            try {
                return work.on(connected(deadline));
            } finally {
                oneAtATime.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("interrupted while waiting", e);
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            boolean missing = Exchanges.refusedByBroker(e)
                    && String.valueOf(cause.getMessage()).contains("NOT_FOUND");
            throw failure(
                    missing
                            ? "there is no such queue; it is made when its subscription starts"
                            : "the broker or the connection broke it off: " + ConnectFailure.describe(cause),
                    e);
        }
    }

    private Connection connected(long deadline) throws InterruptedException {
        Optional<Connection> open = connection.get();
        while (open.isEmpty()) {
            if (System.nanoTime() - deadline > 0) {
                throw failure(
                        "there is no connection to the broker; it is being retried if messaging was started", null);
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(LOOK_NANOS);
            open = connection.get();
        }
        return open.get();
    }

    private MessagingException failure(String what, @Nullable Exception cause) {
        return new MessagingException("Cannot look into " + parking() + ": " + what, cause);
    }
}
