package dev.dowel.messaging.testing;

import dev.dowel.messaging.MessagingException;
import dev.dowel.messaging.ParkedMessage;
import dev.dowel.messaging.ParkingLot;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The parking lot of one queue of the double. */
final class InMemoryParkingLot implements ParkingLot {
    private static final int MOST = 1_000;

    private final String queue;
    private final InMemoryBroker broker;

    InMemoryParkingLot(String queue, InMemoryBroker broker) {
        this.queue = queue;
        this.broker = broker;
    }

    @Override
    public long count() {
        return look(found -> found.parked().size());
    }

    @Override
    public List<ParkedMessage> peek(int max) {
        if (max < 1 || max > MOST) {
            throw new IllegalArgumentException("max is 1 to " + MOST + ", not " + max);
        }
        return look(found -> found.parked().stream()
                .limit(max)
                .map(InMemoryQueue.Parked::report)
                .toList());
    }

    @Override
    public boolean replay(String id) {
        return look(found -> {
            Optional<InMemoryQueue.Parked> one = find(found, id);
            one.ifPresent(parked -> replay(found, parked, id + " stays parked"));
            return one.isPresent();
        });
    }

    @Override
    public int replayAll() {
        return look(found -> {
            List<InMemoryQueue.Parked> all = List.copyOf(found.parked());
            for (int i = 0; i < all.size(); i++) {
                replay(found, all.get(i), i + " messages were sent back, the others stay parked");
            }
            return all.size();
        });
    }

    private void replay(InMemoryQueue found, InMemoryQueue.Parked one, String otherwise) {
        Optional<String> refused = broker.refusal();
        if (refused.isPresent()) {
            throw new MessagingException(
                    "Replay from " + queue + ".parking: " + otherwise + ": " + refused.get(), null);
        }
        found.parked().remove(one);
        found.offer(one.message().replayed());
    }

    @Override
    public boolean discard(String id) {
        return look(found -> {
            Optional<InMemoryQueue.Parked> one = find(found, id);
            one.ifPresent(found.parked()::remove);
            return one.isPresent();
        });
    }

    @Override
    public int discardAll() {
        return look(found -> {
            int all = found.parked().size();
            found.parked().clear();
            return all;
        });
    }

    private static Optional<InMemoryQueue.Parked> find(InMemoryQueue in, String id) {
        return in.parked().stream()
                .limit(MOST)
                .filter(one -> one.report().id().equals(id))
                .findFirst();
    }

    private <R> R look(Function<InMemoryQueue, R> work) {
        return broker.locked(() -> {
            if (!broker.delivering()) {
                throw failure("there is no connection to the broker");
            }
            return work.apply(broker.queue(queue)
                    .orElseThrow(() -> failure("there is no such queue; it is made when its subscription starts")));
        });
    }

    private MessagingException failure(String what) {
        return new MessagingException("Cannot look into " + queue + ".parking: " + what, null);
    }
}
