package dev.dowel.messaging.internal;

import com.rabbitmq.client.Connection;
import dev.dowel.messaging.PublishException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** The lanes of one connection: messages of one key always take the same one, so their order stays. */
final class Lanes {
    private final PublishGate gate;
    private final long timeoutNanos;
    private final List<Lane> all = new ArrayList<>();
    private final List<Resends> resends = new ArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();

    /** What has an unknown outcome is sent again, each message up to the number of times given. */
    Lanes(PublishOptions options, PublishGate gate, Runnable cutConnection, Executor executor, Exchanges exchanges) {
        this.gate = gate;
        this.timeoutNanos = options.timeout().toNanos();
        // One for all lanes: what harmed its neighbours on one must not do so on the next.
        Suspects suspects = new Suspects();
        for (int i = 0; i < options.lanes(); i++) {
            Lane lane = new Lane(gate, options.timeout(), cutConnection, executor, exchanges, suspects);
            all.add(lane);
            resends.add(new Resends(lane, gate, options.retryUnknown(), timeoutNanos, executor));
        }
    }

    /** Returns a lane for messages without a key. */
    Lane any() {
        return all.get(roomiest());
    }

    private int of(Optional<String> key) {
        return key.map(of -> Math.floorMod(mixed(of.hashCode()), all.size())).orElseGet(this::roomiest);
    }

    /** Spreads keys that differ in their last characters only, such as numbers: the finalizer of MurmurHash3. */
    private static int mixed(int hash) {
        int mixed = (hash ^ (hash >>> 16)) * 0x85EBCA6B;
        mixed = (mixed ^ (mixed >>> 13)) * 0xC2B2AE35;
        return mixed ^ (mixed >>> 16);
    }

    private int roomiest() {
        int count = all.size();
        int first = count == 1 ? 0 : Math.floorMod(turn.getAndIncrement(), count);
        int best = first;
        for (int i = 1; i < count; i++) {
            int next = (first + i) % count;
            if (all.get(next).room() > all.get(best).room()) {
                best = next;
            }
        }
        return best;
    }

    /** Returns until when what is published now may wait to be sent. */
    long deadline() {
        return System.nanoTime() + timeoutNanos;
    }

    /** Publishes as {@link Lane#publish(Publication, long)} does, and sends again if that is wanted. */
    CompletableFuture<Void> publish(Optional<String> key, Publication one, long deadline) {
        int lane = of(key);
        CompletableFuture<Void> unused = all.get(lane).publish(one, deadline);
        return resends.get(lane).cover(one);
    }

    /** Publishes for somebody who sends again himself. */
    CompletableFuture<Void> publishOnce(Optional<String> key, Publication one, long deadline) {
        return all.get(of(key)).publish(one, deadline);
    }

    /**
     * Publishes all without ever blocking. Throws at once, and sends none, unless there is a connection, the broker lets
     * publishers through and every window has room.
     */
    List<CompletableFuture<Void>> tryPublish(List<Publication> messages, List<Optional<String>> keys) {
        Map<Integer, List<Publication>> byLane = new LinkedHashMap<>();
        int noKey = roomiest();
        for (int i = 0; i < messages.size(); i++) {
            Publication one = messages.get(i);
            Connection connection = openNow(one);
            one.checkFits(connection);
            one.via(connection);
            int lane = keys.get(i).isPresent() ? of(keys.get(i)) : noKey;
            byLane.computeIfAbsent(lane, key -> new ArrayList<>()).add(one);
        }
        reserve(byLane);
        Map<Publication, CompletableFuture<Void>> outcomes = new LinkedHashMap<>();
        byLane.forEach((lane, ones) ->
                ones.forEach(one -> outcomes.put(one, resends.get(lane).cover(one))));
        byLane.forEach((lane, ones) -> ones.forEach(all.get(lane)::sendLater));
        return messages.stream().map(outcomes::get).toList();
    }

    private Connection openNow(Publication one) {
        try {
            // With no time left it does not wait.
            return gate.await(System.nanoTime(), one::description);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw one.failure(PublishException.Kind.NOT_CONNECTED, " was not sent: interrupted", e);
        }
    }

    private void reserve(Map<Integer, List<Publication>> byLane) {
        Map<Lane, List<Publication>> reserved = new LinkedHashMap<>();
        byLane.forEach((number, ones) -> {
            Lane lane = all.get(number);
            if (!lane.tryReserve(ones)) {
                reserved.forEach((other, theirs) -> theirs.forEach(other::release));
                throw ones.get(0)
                        .failure(
                                PublishException.Kind.BLOCKED,
                                " was not sent: the window of unconfirmed messages is full",
                                null);
            }
            reserved.put(lane, ones);
        });
    }

    /** Returns how many messages are sent, or about to be, and not settled yet. */
    int inFlight() {
        return all.stream().mapToInt(lane -> Lane.WINDOW - lane.room()).sum();
    }

    /** Fails what has waited for its confirm too long, on every lane. */
    void expire() {
        all.forEach(Lane::expire);
    }

    /** Fails whatever is still unconfirmed. */
    void close() {
        all.forEach(Lane::close);
    }
}
