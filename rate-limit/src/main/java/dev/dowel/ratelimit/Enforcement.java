package dev.dowel.ratelimit;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Lets a request pass or answers it, and tells of it. */
final class Enforcement {
    private final Limiter limiter;
    private final Refusal refusal;
    private final RefusalLog refusals;
    private final RateLimitListener listener;
    private final boolean dryRun;

    Enforcement(Limiter limiter, Refusal refusal, RefusalLog refusals, RateLimitListener listener, boolean dryRun) {
        this.limiter = limiter;
        this.refusal = refusal;
        this.refusals = refusals;
        this.listener = listener;
        this.dryRun = dryRun;
    }

    void limit(
            RateLimitRule[] applying,
            HttpServletRequest request,
            HttpServletResponse answer,
            FilterChain chain,
            ClientAddress client)
            throws IOException, ServletException {
        if (applying.length == 1 && applying[0].countWhen() == null) {
            byOne(applying[0], request, answer, chain, client);
        } else {
            byAll(applying, request, answer, chain, client);
        }
    }

    private void byOne(
            RateLimitRule rule,
            HttpServletRequest request,
            HttpServletResponse answer,
            FilterChain chain,
            ClientAddress client)
            throws IOException, ServletException {
        RateLimitKey key = rule.key().resolve(request, client);
        long cost = Limiter.costOf(rule, request);
        Decision decision;
        try {
            decision = limiter.decide(rule, key, cost);
        } catch (BucketStoreException e) {
            unavailable(rule, request, answer, chain);
            return;
        }
        if (passes(rule, key, decision, answer)) {
            if (decision.allowed()) {
                listener.decided(rule, RateLimitListener.Outcome.ALLOWED);
            }
            chain.doFilter(request, answer);
        }
    }

    private void byAll(
            RateLimitRule[] applying,
            HttpServletRequest request,
            HttpServletResponse answer,
            FilterChain chain,
            ClientAddress client)
            throws IOException, ServletException {
        Limiter.Claim[] claims = new Limiter.Claim[applying.length];
        for (int i = 0; i < claims.length; i++) {
            claims[i] = Limiter.Claim.of(applying[i], request, client);
        }
        Limiter.Verdict verdict;
        try {
            verdict = limiter.decide(claims);
        } catch (BucketStoreException e) {
            unavailable(applying[0], request, answer, chain);
            return;
        }
        if (!passes(verdict.claim().rule(), verdict.claim().key(), verdict.decision(), answer)) {
            return;
        }
        if (verdict.decision().allowed()) {
            for (RateLimitRule rule : applying) {
                listener.decided(rule, RateLimitListener.Outcome.ALLOWED);
            }
        }
        AnswerCount count = new AnswerCount(limiter, claims, answer);
        @Nullable Throwable failure = null;
        try {
            chain.doFilter(request, answer);
        } catch (IOException | ServletException | RuntimeException | Error e) {
            failure = e;
            throw e;
        } finally {
            count.returned(request, failure);
        }
    }

    /** Answers a call that is too much; returns whether the chain goes on. */
    private boolean passes(RateLimitRule rule, RateLimitKey key, Decision decision, HttpServletResponse answer)
            throws IOException {
        if (decision.allowed()) {
            refusal.allowed(answer, rule, decision);
            return true;
        }
        refusals.refused(rule, decision.quota(), key);
        if (dryRun) {
            listener.decided(rule, RateLimitListener.Outcome.WOULD_REFUSE);
            return true;
        }
        listener.decided(rule, RateLimitListener.Outcome.REFUSED);
        refusal.refused(answer, rule, decision);
        return false;
    }

    private void unavailable(
            RateLimitRule rule, HttpServletRequest request, HttpServletResponse answer, FilterChain chain)
            throws IOException, ServletException {
        listener.decided(rule, RateLimitListener.Outcome.UNAVAILABLE);
        if (dryRun) {
            chain.doFilter(request, answer);
        } else {
            refusal.unavailable(answer, rule);
        }
    }
}
