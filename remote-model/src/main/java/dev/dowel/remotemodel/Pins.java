package dev.dowel.remotemodel;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What stays the same for a migrating repository within one request: its plan, and the side it wrote first. */
final class Pins {

    /** Where entities are. */
    enum Side {
        LOCAL,
        REMOTE
    }

    private final String entity;
    private final Supplier<MigrationPlan> plans;
    private volatile @Nullable MigrationPlan last;

    Pins(String entity, Supplier<MigrationPlan> plans) {
        this.entity = entity;
        this.plans = plans;
    }

    /** The plan of this request; the plan of the moment where there is none. */
    MigrationPlan plan() {
        Optional<RequestContext> context = RequestContext.current();
        if (context.isEmpty()) {
            return currentPlan();
        }
        // By its source, so that all repositories with this source have the same.
        return context.get().pinned(plans, this::currentPlan);
    }

    private MigrationPlan currentPlan() {
        try {
            MigrationPlan plan = Objects.requireNonNull(plans.get(), "plan");
            last = plan;
            return plan;
        } catch (RuntimeException e) {
            MigrationPlan known = last;
            if (known == null) {
                throw new IllegalStateException("the source of the migration plan of " + entity + " gave none", e);
            }
            return known;
        }
    }

    /** Notes that this request writes, and which side first. */
    void write(Side first) {
        RequestContext.current().ifPresent(context -> firstWrite(context).set(first));
    }

    /** The side that this request wrote first. */
    Optional<Side> written() {
        return RequestContext.current().map(context -> firstWrite(context).get());
    }

    private AtomicReference<@Nullable Side> firstWrite(RequestContext context) {
        return context.pinned(this, AtomicReference::new);
    }
}
