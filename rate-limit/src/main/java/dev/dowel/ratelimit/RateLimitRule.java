package dev.dowel.ratelimit;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A named limit: how many calls, whose, and what each costs. Immutable. Two rules of the same name and quotas count
 * together in one store; a rule with other quotas starts to count anew.
 */
public final class RateLimitRule {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final String DEFAULT = "default";
    private static final int MOST_QUOTAS = 8;

    private final String name;
    private final List<Quota> quotas;
    private final long[] intervals;
    private final long[] tolerances;
    private final long version;
    private final KeyResolver key;
    private final ToLongFunction<HttpServletRequest> cost;
    private final @Nullable IntPredicate countWhen;
    private final @Nullable Penalty penalty;
    private final @Nullable FailurePolicy onStoreFailure;
    private final PolicyText text;

    private RateLimitRule(Builder builder) {
        this.name = builder.name;
        this.quotas = List.copyOf(builder.quotas);
        this.intervals = quotas.stream().mapToLong(Quota::nanosPerCall).toArray();
        this.tolerances = quotas.stream()
                .mapToLong(quota -> quota.burst() * quota.nanosPerCall())
                .toArray();
        this.version = HashedKey.of(name, quotas.toString()).high();
        this.key = builder.key;
        this.cost = builder.cost;
        this.countWhen = builder.countWhen;
        this.penalty = builder.penalty;
        this.onStoreFailure = builder.onStoreFailure;
        this.text = new PolicyText(this);
    }

    /** How long a client is blocked once it was refused, and how long at most when that goes on. */
    record Penalty(Duration first, Duration longest) {}

    /**
     * Limits each client address.
     *
     * @param calls 1 to 2,147,483,648
     * @param period 1 ms to 365 days
     * @return a rule named {@code default}
     * @throws IllegalArgumentException if a value is out of its range
     */
    public static RateLimitRule perIp(long calls, Duration period) {
        return builder(DEFAULT, new Quota(calls, period)).build();
    }

    /**
     * Starts to build.
     *
     * @param name what clients and logs see; 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}
     * @param quota how many calls in which period
     * @return a builder
     * @throws IllegalArgumentException if the name has another form
     */
    public static Builder builder(String name, Quota quota) {
        return new Builder(name, quota);
    }

    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /**
     * Returns the name.
     *
     * @return what clients and logs see
     */
    public String name() {
        return name;
    }

    /**
     * Returns the quotas, each of which must allow a call.
     *
     * @return 1 to 8 quotas, not modifiable
     */
    public List<Quota> quotas() {
        return quotas;
    }

    /**
     * Returns what tells this rule's counts from those of a rule of the same name with other quotas.
     *
     * @return a hash of name and quotas, the same on every instance
     */
    public long version() {
        return version;
    }

    /**
     * Returns what happens while a shared store cannot be reached.
     *
     * @return empty if that is as the store says
     */
    public Optional<FailurePolicy> onStoreFailure() {
        return Optional.ofNullable(onStoreFailure);
    }

    long interval(int quota) {
        return intervals[quota];
    }

    long tolerance(int quota) {
        return tolerances[quota];
    }

    KeyResolver key() {
        return key;
    }

    ToLongFunction<HttpServletRequest> cost() {
        return cost;
    }

    @Nullable
    IntPredicate countWhen() {
        return countWhen;
    }

    @Nullable
    Penalty penalty() {
        return penalty;
    }

    PolicyText text() {
        return text;
    }

    /** The name in answers of one of the quotas. */
    String policy(int quota) {
        return quotas.size() == 1 ? name : name + "-" + (quota + 1);
    }

    @Override
    public String toString() {
        return name + " " + quotas;
    }

    /** Collects options. For one thread. */
    public static final class Builder {
        private final String name;
        private final List<Quota> quotas = new ArrayList<>();
        private KeyResolver key = KeyResolver.address();
        private ToLongFunction<HttpServletRequest> cost = request -> 1;
        private @Nullable IntPredicate countWhen;
        private @Nullable Penalty penalty;
        private @Nullable FailurePolicy onStoreFailure;

        private Builder(String name, Quota quota) {
            if (!isName(Objects.requireNonNull(name, "name"))) {
                throw new IllegalArgumentException("A rule's name has 1 to 64 characters of A-Z a-z 0-9 . _ -");
            }
            this.name = name;
            quotas.add(Objects.requireNonNull(quota, "quota"));
        }

        /**
         * Adds another quota; a call must be allowed by all, or costs nothing.
         *
         * @param quota how many calls in which period; together at most 8
         * @return this builder
         * @throws IllegalArgumentException if there are too many
         */
        public Builder quota(Quota quota) {
            if (quotas.size() == MOST_QUOTAS) {
                throw new IllegalArgumentException("A rule has at most " + MOST_QUOTAS + " quotas");
            }
            quotas.add(Objects.requireNonNull(quota, "quota"));
            return this;
        }

        /**
         * Sets whom calls are counted for.
         *
         * @param resolver default {@link KeyResolver#address()}
         * @return this builder
         */
        public Builder key(KeyResolver resolver) {
            this.key = Objects.requireNonNull(resolver, "resolver");
            return this;
        }

        /**
         * Makes every call cost the same.
         *
         * @param calls default 1
         * @return this builder
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder cost(long calls) {
            if (calls < 1) {
                throw new IllegalArgumentException("cost is 1 or more, not " + calls);
            }
            this.cost = request -> calls;
            return this;
        }

        /**
         * Makes calls cost different amounts. A call that costs more than a quota's burst costs the whole burst.
         *
         * @param function gives the cost, 1 or more, on the request's thread; what is less fails the request
         * @return this builder
         */
        public Builder cost(ToLongFunction<HttpServletRequest> function) {
            this.cost = Objects.requireNonNull(function, "function");
            return this;
        }

        /**
         * Counts a call only if its answer has a certain status, such as 401. Whether the client may call at all is then
         * looked at before, and counted when the answer is complete; calls at the same time may therefore pass together.
         *
         * @param status tells by the status of the answer; one that ends with an exception has the status that goes with it
         * @return this builder
         */
        public Builder countWhen(IntPredicate status) {
            this.countWhen = Objects.requireNonNull(status, "status");
            return this;
        }

        /**
         * Blocks a client that was refused, no shorter than its quotas refuse the call. Who is refused again after that is blocked for twice as long, and so on; after
         * the longest time without a refusal it begins anew. Each instance blocks on its own.
         *
         * @param first how long at first, 1 ms or longer
         * @param longest how long at most, up to 365 days
         * @return this builder
         * @throws IllegalArgumentException if a time is out of its range, or the first is the longer one
         */
        public Builder penalty(Duration first, Duration longest) {
            if (first.compareTo(Duration.ofMillis(1)) < 0
                    || longest.compareTo(first) < 0
                    || longest.compareTo(Duration.ofDays(365)) > 0) {
                throw new IllegalArgumentException(
                        "A penalty is 1 ms to 365 days, the first no longer than the longest, not " + first + " and "
                                + longest);
            }
            this.penalty = new Penalty(first, longest);
            return this;
        }

        /**
         * Sets what happens while a shared store cannot be reached, for this rule only.
         *
         * @param policy default as the store says
         * @return this builder
         */
        public Builder onStoreFailure(FailurePolicy policy) {
            this.onStoreFailure = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /**
         * Builds.
         *
         * @return the rule
         */
        public RateLimitRule build() {
            return new RateLimitRule(this);
        }
    }
}
