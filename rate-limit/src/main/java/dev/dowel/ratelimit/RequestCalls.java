package dev.dowel.ratelimit;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one request asks of this instance's own count and the shared store. When the shared store has failed once, the
 * request leaves it alone, so that several rules do not wait for several timeouts. For one thread.
 */
final class RequestCalls implements BucketStore {
    private final BucketStore shared;
    private final LocalBucketStore own;
    private final Breaker breaker;
    private final FailurePolicy policy;
    private final int instances;
    private @Nullable RuntimeException failure;

    RequestCalls(BucketStore shared, LocalBucketStore own, Breaker breaker, FailurePolicy policy, int instances) {
        this.shared = shared;
        this.own = own;
        this.breaker = breaker;
        this.policy = policy;
        this.instances = instances;
    }

    @Override
    public Decision tryConsume(RateLimitRule rule, RateLimitKey key, long cost) {
        Decision mine = own.tryConsume(rule, key, cost);
        if (!mine.allowed()) {
            return mine;
        }
        @Nullable Decision theirs = askShared(() -> shared.tryConsume(rule, key, cost));
        if (theirs != null && theirs.allowed()) {
            return theirs;
        }
        if (theirs == null && policy(rule) == FailurePolicy.OPEN) {
            return mine;
        }
        own.giveBack(rule, key, cost);
        if (theirs != null) {
            own.refuse(rule, key, cost, theirs);
            return theirs;
        }
        closed(rule);
        return own.tryConsume(rule, key, forAllInstances(cost));
    }

    @Override
    public Decision look(RateLimitRule rule, RateLimitKey key, long cost) {
        Decision mine = own.look(rule, key, cost);
        if (!mine.allowed()) {
            return mine;
        }
        @Nullable Decision theirs = askShared(() -> shared.look(rule, key, cost));
        if (theirs == null) {
            closed(rule);
            return policy(rule) == FailurePolicy.OPEN ? mine : own.look(rule, key, forAllInstances(cost));
        }
        if (!theirs.allowed()) {
            own.refuse(rule, key, cost, theirs);
        }
        return theirs;
    }

    @Override
    public void charge(RateLimitRule rule, RateLimitKey key, long cost) {
        boolean done = tellShared(() -> shared.charge(rule, key, cost));
        boolean forAll = !done && policy(rule) == FailurePolicy.LOCAL;
        own.charge(rule, key, forAll ? forAllInstances(cost) : cost);
    }

    @Override
    public void giveBack(RateLimitRule rule, RateLimitKey key, long cost) {
        own.giveBack(rule, key, cost);
        tellShared(() -> shared.giveBack(rule, key, cost));
    }

    private boolean tellShared(Runnable call) {
        @Nullable
        Boolean done = askShared(() -> {
            call.run();
            return Boolean.TRUE;
        });
        return done != null;
    }

    /** Returns null if the shared store is away. */
    private <T> @Nullable T askShared(Supplier<T> question) {
        if (failure != null) {
            return null;
        }
        Breaker.Permit permit = breaker.permit();
        if (permit == Breaker.Permit.NO) {
            return null;
        }
        try {
            return breaker.ask(permit, question);
        } catch (RuntimeException e) {
            failure = e;
            return null;
        }
    }

    private FailurePolicy policy(RateLimitRule rule) {
        return rule.onStoreFailure().orElse(policy);
    }

    private void closed(RateLimitRule rule) {
        if (policy(rule) == FailurePolicy.CLOSED) {
            throw new BucketStoreException("The shared rate limit store does not answer", failure);
        }
    }

    /** With this cost an instance passes its share of the limit. */
    private long forAllInstances(long cost) {
        return cost > Long.MAX_VALUE / instances ? Long.MAX_VALUE : cost * instances;
    }

    /** Does nothing: the stores belong to all requests. */
    @Override
    public void close() {}
}
