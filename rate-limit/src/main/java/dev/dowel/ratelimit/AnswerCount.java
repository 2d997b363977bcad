package dev.dowel.ratelimit;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServletResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Counts a call by its answer, once, when that is complete: after the chain, or when an asynchronous request ends. */
final class AnswerCount implements AsyncListener {
    private static final int ERROR = 500;

    private final Limiter limiter;
    private final Limiter.Claim[] claims;
    private final HttpServletResponse response;
    private final AtomicBoolean counted = new AtomicBoolean();

    AnswerCount(Limiter limiter, Limiter.Claim[] claims, HttpServletResponse response) {
        this.limiter = limiter;
        this.claims = claims;
        this.response = response;
    }

    /** Called when the chain has returned. */
    void returned(ServletRequest request, @Nullable Throwable failure) {
        if (failure instanceof UnavailableException unavailable) {
            count(unavailable.isPermanent() ? 404 : 503);
        } else if (failure != null) {
            count(ERROR);
        } else if (request.isAsyncStarted()) {
            request.getAsyncContext().addListener(this);
        } else {
            count(response.getStatus());
        }
    }

    private void count(int status) {
        if (counted.compareAndSet(false, true)) {
            limiter.count(claims, status);
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {
        count(response.getStatus());
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        // The service may still answer; what it answers is complete later.
    }

    @Override
    public void onError(AsyncEvent event) {
        count(ERROR);
    }

    /** A request that starts async again forgets its listeners. */
    @Override
    public void onStartAsync(AsyncEvent event) {
        event.getAsyncContext().addListener(this);
    }
}
