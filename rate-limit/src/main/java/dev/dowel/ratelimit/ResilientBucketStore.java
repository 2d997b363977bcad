package dev.dowel.ratelimit;

import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A store that several instances share, and this instance's own count beside it. The own count comes first: it refuses what
 * the limit would refuse anyway, and what the shared store has refused, until its time has come, without asking. When the
 * shared store fails a few times in a row it is left alone, and one call now and then finds out whether it is back;
 * meanwhile the {@link FailurePolicy} holds, on a count that is warm. Safe for use by several threads.
 *
 * <p>How long a call can be held is up to the shared store, which must have a timeout of its own. When one call of a request
 * has failed, the filter does not ask the shared store about that request's other rules.
 */
public final class ResilientBucketStore implements BucketStore {
    private final BucketStore shared;
    private final LocalBucketStore own;
    private final int instances;
    private final FailurePolicy policy;
    private final Breaker breaker;

    private ResilientBucketStore(Builder builder) {
        this.shared = builder.shared;
        this.own = builder.own == null ? new LocalBucketStore() : builder.own;
        this.instances = builder.instances;
        this.policy = builder.policy;
        this.breaker = new Breaker(
                builder.failuresToOpen, builder.probeEvery.toNanos(), builder.nanos, builder.listener::storeChanged);
    }

    /**
     * Starts to build.
     *
     * @param shared the store that the instances share; closed with this one
     * @param instances how many instances there are, 1 to 10,000: while the shared store is away, each of them allows this
     *     fraction of a limit, and one call at least
     * @return a builder
     * @throws IllegalArgumentException if the number is out of its range
     */
    public static Builder builder(BucketStore shared, int instances) {
        return new Builder(shared, instances);
    }

    /** Returns the calls of one request: when one has failed, the others do not wait for the shared store. */
    BucketStore forOneRequest() {
        return new RequestCalls(shared, own, breaker, policy, instances);
    }

    LocalBucketStore own() {
        return own;
    }

    @Override
    public Decision tryConsume(RateLimitRule rule, RateLimitKey key, long cost) {
        return forOneRequest().tryConsume(rule, key, cost);
    }

    @Override
    public Decision look(RateLimitRule rule, RateLimitKey key, long cost) {
        return forOneRequest().look(rule, key, cost);
    }

    /** Counts a call that took place; while the shared store is away, in this instance only. */
    @Override
    public void charge(RateLimitRule rule, RateLimitKey key, long cost) {
        forOneRequest().charge(rule, key, cost);
    }

    @Override
    public void giveBack(RateLimitRule rule, RateLimitKey key, long cost) {
        forOneRequest().giveBack(rule, key, cost);
    }

    /** Frees both. */
    @Override
    public void close() {
        shared.close();
        own.close();
    }

    /** Collects options. For one thread. */
    public static final class Builder {
        private static final int MOST_INSTANCES = 10_000;

        private final BucketStore shared;
        private final int instances;
        private @Nullable LocalBucketStore own;
        private FailurePolicy policy = FailurePolicy.LOCAL;
        private int failuresToOpen = 5;
        private Duration probeEvery = Duration.ofSeconds(1);
        private RateLimitListener listener = new RateLimitListener() {};
        private LongSupplier nanos = System::nanoTime;

        private Builder(BucketStore shared, int instances) {
            if (instances < 1 || instances > MOST_INSTANCES) {
                throw new IllegalArgumentException("instances is 1 to " + MOST_INSTANCES + ", not " + instances);
            }
            this.shared = Objects.requireNonNull(shared, "shared");
            this.instances = instances;
        }

        /**
         * Sets what happens while the shared store cannot be reached.
         *
         * @param policy default {@link FailurePolicy#LOCAL}; a rule may have its own
         * @return this builder
         */
        public Builder onFailure(FailurePolicy policy) {
            this.policy = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /**
         * Sets after how many failures in a row the shared store is left alone.
         *
         * @param failures 1 to 1,000; default 5
         * @return this builder
         * @throws IllegalArgumentException if the number is out of its range
         */
        public Builder failuresToOpen(int failures) {
            if (failures < 1 || failures > 1_000) {
                throw new IllegalArgumentException("failuresToOpen is 1 to 1000, not " + failures);
            }
            this.failuresToOpen = failures;
            return this;
        }

        /**
         * Sets how long the shared store is left alone before a call tries it again.
         *
         * @param pause 1 ms to 1 hour; default 1 second
         * @return this builder
         * @throws IllegalArgumentException if the time is out of its range
         */
        public Builder probeEvery(Duration pause) {
            if (pause.compareTo(Duration.ofMillis(1)) < 0 || pause.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("probeEvery is 1 ms to 1 hour, not " + pause);
            }
            this.probeEvery = pause;
            return this;
        }

        /**
         * Sets this instance's own count.
         *
         * @param store default one for 100,000 clients; closed with this one
         * @return this builder
         */
        public Builder own(LocalBucketStore store) {
            this.own = Objects.requireNonNull(store, "store");
            return this;
        }

        /**
         * Sets who is told when the shared store goes away and comes back.
         *
         * @param listener default nobody
         * @return this builder
         */
        public Builder listener(RateLimitListener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        Builder nanos(LongSupplier nanos) {
            this.nanos = nanos;
            return this;
        }

        /**
         * Builds.
         *
         * @return the store
         */
        public ResilientBucketStore build() {
            return new ResilientBucketStore(this);
        }
    }
}
