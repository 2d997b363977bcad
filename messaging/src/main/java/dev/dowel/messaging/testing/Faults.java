package dev.dowel.messaging.testing;

import java.util.concurrent.atomic.AtomicInteger;

/** Switches for what can go wrong between a service and its broker. Safe for use by several threads. */
public final class Faults {
    private final Runnable onRestored;
    private final AtomicInteger nacks = new AtomicInteger();
    private volatile boolean dropped;
    private volatile boolean blocked;

    Faults(Runnable onRestored) {
        this.onRestored = onRestored;
    }

    /** Refuses the next publication, as a full queue would. May be called several times. */
    public void nackNext() {
        nacks.incrementAndGet();
    }

    /** Blocks publishers, as an alarm of the broker would. */
    public void blockPublishers() {
        blocked = true;
    }

    /** Lets publishers through again. */
    public void unblockPublishers() {
        blocked = false;
        onRestored.run();
    }

    /** Takes the broker away: nothing can be published, nothing is delivered. */
    public void dropConnections() {
        dropped = true;
    }

    /** Brings the broker back. */
    public void restoreConnections() {
        dropped = false;
        onRestored.run();
    }

    boolean takeNack() {
        return nacks.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    boolean dropped() {
        return dropped;
    }

    boolean blocked() {
        return blocked;
    }
}
