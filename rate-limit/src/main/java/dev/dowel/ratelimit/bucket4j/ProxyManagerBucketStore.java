package dev.dowel.ratelimit.bucket4j;

import dev.dowel.ratelimit.BucketStore;
import dev.dowel.ratelimit.BucketStoreException;
import dev.dowel.ratelimit.Decision;
import dev.dowel.ratelimit.Quota;
import dev.dowel.ratelimit.RateLimitKey;
import dev.dowel.ratelimit.RateLimitRule;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConfigurationBuilder;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.EstimationProbe;
import io.github.bucket4j.VerboseResult;
import io.github.bucket4j.distributed.BucketProxy;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Counts with bucket4j, in whatever its {@code ProxyManager} keeps the buckets. Put a {@link
 * dev.dowel.ratelimit.ResilientBucketStore} around it. A bucket's key is {@code prefix:version:rule:client}, with the
 * rule's version, so that changed limits hold at once, and no text of a request. Safe for use by several threads.
 *
 * <p>The manager must have a {@code requestTimeout}, else a request waits as long as the store likes; {@code maxRetries} or
 * a {@code retryStrategy}, else it fights for a busy key without end; and {@code expirationAfterWrite}, else keys stay for
 * ever. It is not closed here.
 */
public final class ProxyManagerBucketStore implements BucketStore {
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final ProxyManager<String> manager;
    private final String prefix;

    /**
     * Makes a store.
     *
     * @param manager where the buckets are; one with other keys is fitted by {@code manager.withMapper(String::getBytes)}
     * @param prefix what the keys begin with, so that several services can use one store: 1 to 64 characters of {@code A-Z
     *     a-z 0-9 . _ -}
     * @throws IllegalArgumentException if the prefix has another form
     */
    public ProxyManagerBucketStore(ProxyManager<String> manager, String prefix) {
        if (!PREFIX.matcher(Objects.requireNonNull(prefix, "prefix")).matches()) {
            throw new IllegalArgumentException("prefix has 1 to 64 characters of A-Z a-z 0-9 . _ -");
        }
        this.manager = Objects.requireNonNull(manager, "manager");
        this.prefix = prefix;
    }

    @Override
    public Decision tryConsume(RateLimitRule rule, RateLimitKey key, long cost) {
        long tokens = affordable(rule, cost);
        return ask(rule, key, bucket -> {
            VerboseResult<ConsumptionProbe> taken = bucket.asVerbose().tryConsumeAndReturnRemaining(tokens);
            ConsumptionProbe probe = taken.getValue();
            return probe.isConsumed()
                    ? allowed(probe.getRemainingTokens(), taken)
                    : refused(rule, tokens, probe.getNanosToWaitForRefill(), taken);
        });
    }

    @Override
    public Decision look(RateLimitRule rule, RateLimitKey key, long cost) {
        long tokens = affordable(rule, cost);
        return ask(rule, key, bucket -> {
            VerboseResult<EstimationProbe> looked = bucket.asVerbose().estimateAbilityToConsume(tokens);
            EstimationProbe probe = looked.getValue();
            return probe.canBeConsumed()
                    ? allowed(probe.getRemainingTokens(), looked)
                    : refused(rule, tokens, probe.getNanosToWaitForRefill(), looked);
        });
    }

    /** Counts a call that took place already; what the quotas do not allow the key owes. */
    @Override
    public void charge(RateLimitRule rule, RateLimitKey key, long cost) {
        long tokens = affordable(rule, cost);
        ask(rule, key, bucket -> bucket.consumeIgnoringRateLimits(tokens));
    }

    private static Decision allowed(long remaining, VerboseResult<?> result) {
        VerboseResult.Diagnostics state = result.getDiagnostics();
        int least = least(state.getAvailableTokensPerEachBandwidth());
        return new Decision(true, remaining, 0, state.calculateFullRefillingTime(), least);
    }

    private static Decision refused(RateLimitRule rule, long tokens, long nanosToRetry, VerboseResult<?> result) {
        VerboseResult.Diagnostics state = result.getDiagnostics();
        int last = last(rule, tokens, state.getAvailableTokensPerEachBandwidth());
        return new Decision(false, 0, nanosToRetry, state.calculateFullRefillingTime(), last);
    }

    /** The quota that will be the last to have the tokens. */
    private static int last(RateLimitRule rule, long tokens, long[] available) {
        int last = 0;
        double longest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < available.length; i++) {
            double missing =
                    (double) (tokens - available[i]) * rule.quotas().get(i).nanosPerCall();
            if (missing > longest) {
                longest = missing;
                last = i;
            }
        }
        return last;
    }

    private static int least(long[] tokens) {
        int least = 0;
        for (int i = 1; i < tokens.length; i++) {
            least = tokens[i] < tokens[least] ? i : least;
        }
        return least;
    }

    /** A call that costs more than a burst costs the whole burst; of several quotas the smallest burst decides. */
    private static long affordable(RateLimitRule rule, long cost) {
        long most = cost;
        for (Quota quota : rule.quotas()) {
            most = Math.min(most, quota.burst());
        }
        return most;
    }

    @Override
    public void giveBack(RateLimitRule rule, RateLimitKey key, long cost) {
        ask(rule, key, bucket -> {
            bucket.addTokens(affordable(rule, cost));
            return Boolean.TRUE;
        });
    }

    private <T> T ask(RateLimitRule rule, RateLimitKey key, Function<BucketProxy, T> question) {
        try {
            return question.apply(manager.builder().build(name(rule, key), () -> configuration(rule)));
        } catch (RuntimeException e) {
            throw new BucketStoreException("The rate limit store failed", e);
        }
    }

    private String name(RateLimitRule rule, RateLimitKey key) {
        return prefix + ":" + HexFormat.of().toHexDigits(rule.version()) + ":" + rule.name() + ":" + key.text();
    }

    private static BucketConfiguration configuration(RateLimitRule rule) {
        ConfigurationBuilder configuration = BucketConfiguration.builder();
        for (Quota quota : rule.quotas()) {
            configuration.addLimit(Bandwidth.builder()
                    .capacity(quota.burst())
                    .refillGreedy(1, Duration.ofNanos(quota.nanosPerCall()))
                    .build());
        }
        return configuration.build();
    }

    /** Does nothing: the manager belongs to who made it. */
    @Override
    public void close() {}
}
