package dev.dowel.messaging.testing;

import dev.dowel.messaging.EncodedMessage;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Switches for what can go wrong between a service and its broker. Safe for use by several threads. */
public final class Faults {
    private final Runnable onRestored;
    private final Runnable onLost;
    private final AtomicInteger nacks = new AtomicInteger();
    private final AtomicInteger duplicates = new AtomicInteger();
    private final AtomicInteger lostConnections = new AtomicInteger();
    private final AtomicInteger garbled = new AtomicInteger();
    private final AtomicInteger losses = new AtomicInteger();
    private volatile boolean dropped;
    private volatile @Nullable Instant blockedSince;

    Faults(Runnable onRestored, Runnable onLost) {
        this.onRestored = onRestored;
        this.onLost = onLost;
    }

    /** Refuses the next publication, as a full queue would. May be called several times. */
    public void nackNext() {
        nacks.incrementAndGet();
    }

    /** Delivers the next message twice, as a broker may. May be called several times. */
    public void duplicateNext() {
        duplicates.incrementAndGet();
    }

    /**
     * Loses the connection of the next handler while it runs: what it returns or throws counts for nothing, and the message
     * comes again at once. May be called several times.
     */
    public void loseConnectionInNextHandler() {
        lostConnections.incrementAndGet();
    }

    /** Makes the body of the next publication arrive as something that no class can be decoded from. */
    public void garbleNext() {
        garbled.incrementAndGet();
    }

    /**
     * Blocks publishers, as an alarm of the broker would. Nor can a message that failed be moved to its retry or parking
     * queue: it comes again after a second, as after a lost connection.
     */
    public void blockPublishers() {
        blockedSince = Instant.now();
        onLost.run();
    }

    /** Lets publishers through again. */
    public void unblockPublishers() {
        blockedSince = null;
        onRestored.run();
    }

    /**
     * Takes the broker away: nothing can be published, nothing is delivered, and what a handler is busy with comes again
     * when the broker is back.
     */
    public void dropConnections() {
        losses.incrementAndGet();
        dropped = true;
        onLost.run();
    }

    /** Brings the broker back. */
    public void restoreConnections() {
        dropped = false;
        onRestored.run();
    }

    Optional<Instant> blockedSince() {
        return Optional.ofNullable(blockedSince);
    }

    boolean takeNack() {
        return take(nacks);
    }

    boolean takeDuplicate() {
        return take(duplicates);
    }

    boolean takeLostConnection() {
        return take(lostConnections);
    }

    boolean takeGarbled() {
        return take(garbled);
    }

    private static boolean take(AtomicInteger left) {
        return left.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
    }

    /** Returns how often connections were lost. */
    int losses() {
        return losses.get();
    }

    boolean dropped() {
        return dropped;
    }

    boolean blocked() {
        return blockedSince != null;
    }

    static EncodedMessage garbled(EncodedMessage one) {
        return QueuedMessage.copy(one, one.headers(), new byte[] {'{', (byte) 0xff});
    }
}
