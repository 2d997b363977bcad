package dev.dowel.remotemodel;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The two sides of a migration, and which of them serves a read. */
final class Sides<T, ID> {

    private final Repository<T, ID> local;
    private final Repository<T, ID> remote;
    private final Pins pins;
    private final @Nullable Supplier<String> key;
    private final String salt;

    Sides(Repository<T, ID> local, Repository<T, ID> remote, Pins pins, @Nullable Supplier<String> key, String salt) {
        this.local = local;
        this.remote = remote;
        this.pins = pins;
        this.key = key;
        this.salt = salt;
    }

    Repository<T, ID> at(Pins.Side side) {
        return side == Pins.Side.LOCAL ? local : remote;
    }

    Repository<T, ID> beside(Pins.Side side) {
        return side == Pins.Side.LOCAL ? remote : local;
    }

    MigrationPlan plan() {
        return pins.plan();
    }

    /** The side for an id as it stands in URLs, or for a list when there is none. */
    Pins.Side serving(MigrationPlan plan, @Nullable String id) {
        return pins.written().orElseGet(() -> isRemote(plan, id) ? Pins.Side.REMOTE : Pins.Side.LOCAL);
    }

    private boolean isRemote(MigrationPlan plan, @Nullable String id) {
        if (plan.isSameForAll()) {
            return plan.isRemote(salt, "");
        }
        String by = key == null ? id : key.get();
        return by != null && plan.isRemote(salt, by);
    }

    /** Whether this request has written, so that its reads stay where it did. */
    boolean areWritten() {
        return pins.written().isPresent();
    }

    /** The side to write first, which the reads of this request stay on. */
    Pins.Side writtenFirst(MigrationPlan plan) {
        Pins.Side first = switch (plan.writes()) {
            case LOCAL, LOCAL_THEN_REMOTE -> Pins.Side.LOCAL;
            case REMOTE, REMOTE_THEN_LOCAL -> Pins.Side.REMOTE;
        };
        // Whatever the outcome: a write that timed out may have been carried out.
        pins.write(first);
        return first;
    }

    @Override
    public String toString() {
        return local + ", " + remote;
    }
}
