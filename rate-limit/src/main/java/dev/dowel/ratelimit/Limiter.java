package dev.dowel.ratelimit;

import jakarta.servlet.http.HttpServletRequest;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Asks the store about a request: all of its rules or none. */
final class Limiter {
    private final BucketStore store;
    private final @Nullable LocalBucketStore known;
    private final Penalties penalties;

    Limiter(BucketStore store, LongSupplier nanos) {
        this.store = store;
        this.known = knownBy(store);
        this.penalties = new Penalties(nanos);
    }

    /** What this instance knows without asking anybody; null if the store does not say. */
    private static @Nullable LocalBucketStore knownBy(BucketStore store) {
        if (store instanceof ResilientBucketStore resilient) {
            return resilient.own();
        }
        return store instanceof LocalBucketStore local ? local : null;
    }

    /** The decision that matters: of the claim that is refused for longest, else of the one that has the least left. */
    record Verdict(Claim claim, Decision decision) {}

    /** One rule's claim on a request. */
    record Claim(RateLimitRule rule, RateLimitKey key, long cost) {
        static Claim of(RateLimitRule rule, HttpServletRequest request, ClientAddress address) {
            RateLimitKey key = rule.key().resolve(request, address);
            return new Claim(rule, key, costOf(rule, request));
        }
    }

    static long costOf(RateLimitRule rule, HttpServletRequest request) {
        long cost = rule.cost().applyAsLong(request);
        if (cost < 1) {
            throw new IllegalStateException(
                    "The cost that rule " + rule.name() + " gives a call is not positive: " + cost);
        }
        return cost;
    }

    /** Counts for one rule. */
    Decision decide(RateLimitRule rule, RateLimitKey key, long cost) {
        return decide(store, rule, key, cost);
    }

    /** Counts for all rules if all of them allow it. */
    Verdict decide(Claim[] claims) {
        BucketStore calls = forOneRequest();
        @Nullable Verdict least = null;
        for (int i = 0; i < claims.length; i++) {
            Claim claim = claims[i];
            Decision decision;
            try {
                decision = decide(calls, claim.rule(), claim.key(), claim.cost());
            } catch (BucketStoreException e) {
                giveBack(calls, claims, i);
                throw e;
            }
            if (!decision.allowed()) {
                giveBack(calls, claims, i);
                return latest(claims, i + 1, new Verdict(claim, decision));
            }
            if (least == null || decision.remaining() < least.decision().remaining()) {
                least = new Verdict(claim, decision);
            }
        }
        if (least == null) {
            throw new IllegalArgumentException("No rule");
        }
        return least;
    }

    private Verdict latest(Claim[] claims, int from, Verdict refused) {
        Verdict latest = refused;
        for (int i = from; i < claims.length; i++) {
            Decision next = known(claims[i]);
            if (next.nanosToRetry() > latest.decision().nanosToRetry()) {
                latest = new Verdict(claims[i], next);
            }
        }
        return latest;
    }

    private Decision known(Claim claim) {
        RateLimitRule rule = claim.rule();
        Decision decision = known == null ? Decision.allowed(0, 0, 0) : known.look(rule, claim.key(), claim.cost());
        long blocked = rule.penalty() == null ? 0 : penalties.left(rule, rule.penalty(), claim.key());
        return blocked > decision.nanosToRetry() ? Decision.refused(blocked, blocked, 0) : decision;
    }

    private BucketStore forOneRequest() {
        return store instanceof ResilientBucketStore resilient ? resilient.forOneRequest() : store;
    }

    private Decision decide(BucketStore calls, RateLimitRule rule, RateLimitKey key, long cost) {
        RateLimitRule.@Nullable Penalty penalty = rule.penalty();
        if (penalty != null) {
            long blocked = penalties.left(rule, penalty, key);
            if (blocked > 0) {
                return Decision.refused(blocked, blocked, 0);
            }
        }
        Decision decision = rule.countWhen() == null ? calls.tryConsume(rule, key, cost) : calls.look(rule, key, cost);
        if (penalty == null || decision.allowed()) {
            return decision;
        }
        long block = penalties.block(rule, penalty, key, decision.nanosToRetry());
        return Decision.refused(block, Math.max(block, decision.nanosToReset()), decision.quota());
    }

    private static void giveBack(BucketStore calls, Claim[] claims, int count) {
        for (int i = 0; i < count; i++) {
            Claim claim = claims[i];
            if (claim.rule().countWhen() == null) {
                try {
                    calls.giveBack(claim.rule(), claim.key(), claim.cost());
                } catch (BucketStoreException away) {
                    // What cannot be given back comes back by itself in time.
                }
            }
        }
    }

    /** Counts an answer for the rules that waited for its status. */
    void count(Claim[] claims, int status) {
        BucketStore calls = forOneRequest();
        for (Claim claim : claims) {
            @Nullable IntPredicate wanted = claim.rule().countWhen();
            if (wanted != null && wanted.test(status)) {
                charge(calls, claim);
            }
        }
    }

    private static void charge(BucketStore calls, Claim claim) {
        try {
            calls.charge(claim.rule(), claim.key(), claim.cost());
        } catch (BucketStoreException away) {
            // The answer is written, nobody can be refused any more; the next look will say that the store is away.
        }
    }
}
