package dev.dowel.ratelimit;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits the calls of each client address; what is too much gets 429 with {@code Retry-After}. Counts a request once,
 * over forwards, includes, async and error dispatches. The client is the peer of the connection; forwarding headers are
 * not trusted. Place it after CORS and before authentication, so that guessing tokens is limited too. Instances are safe
 * for use by several threads.
 *
 * <pre>{@code
 * Filter limit = RateLimitFilter.builder()
 *         .defaultRule(RateLimitRule.perIp(100, Duration.ofMinutes(1)))
 *         .build();
 * }</pre>
 */
public final class RateLimitFilter implements Filter {
    private static final Logger LOG = LoggerFactory.getLogger(RateLimitFilter.class);
    private static final String VARIABLE = "RATE_LIMIT";

    private final RateLimitRule rule;
    private final BucketStore store;
    private final HeaderMode headers;
    private final RateLimitListener listener;
    private final RefusalLog refusals;
    private final Object counted = new Object();
    private final String marker = RateLimitFilter.class.getName() + "@" + System.identityHashCode(counted);
    private final AtomicBoolean warnedOfForwarding = new AtomicBoolean();
    private final AtomicBoolean warnedOfAddress = new AtomicBoolean();

    private RateLimitFilter(Builder builder, RateLimitRule rule) {
        this.rule = rule;
        this.store = builder.store == null ? new LocalBucketStore() : builder.store;
        this.headers = builder.headers;
        this.listener = builder.listener;
        this.refusals = new RefusalLog(builder.nanos);
    }

    /**
     * Starts to build.
     *
     * @return a builder that needs a default rule
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Builds from {@code RATE_LIMIT}, such as {@code 100/PT1M}: calls, slash, period as in ISO 8601.
     *
     * @return the filter
     * @throws IllegalArgumentException if the variable is missing or wrong; names it and the problem
     */
    public static RateLimitFilter fromEnvironment() {
        return fromEnvironment(System.getenv());
    }

    static RateLimitFilter fromEnvironment(Map<String, String> environment) {
        String text = environment.get(VARIABLE);
        if (text == null || text.isBlank()) {
            throw new IllegalArgumentException(VARIABLE + " is not set: give calls/period, such as 100/PT1M");
        }
        try {
            return builder()
                    .defaultRule(new RateLimitRule("default", Quota.parse(text)))
                    .build();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(VARIABLE + " is wrong: " + e.getMessage(), e);
        }
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http)
                || !(response instanceof HttpServletResponse answer)
                || request.getAttribute(marker) == counted) {
            chain.doFilter(request, response);
            return;
        }
        request.setAttribute(marker, counted);
        warnOfForwarding(http);
        Decision decision = store.tryConsume(rule, client(http.getRemoteAddr()));
        if (decision.allowed()) {
            listener.onAllowed(rule);
            if (headers == HeaderMode.ALWAYS) {
                Refusal.headers(answer, rule, decision);
            }
            chain.doFilter(request, response);
        } else {
            listener.onRefused(rule);
            refusals.refused(rule);
            Refusal.write(answer, rule, decision, headers != HeaderMode.NONE);
        }
    }

    private ClientKey client(@Nullable String address) {
        ClientKey client = address == null ? null : AddressParser.parse(address, 0, address.length());
        if (client != null) {
            return client;
        }
        if (warnedOfAddress.compareAndSet(false, true)) {
            LOG.warn("A request came without a usable remote address; all such requests share one limit");
        }
        return ClientKey.UNKNOWN;
    }

    private void warnOfForwarding(HttpServletRequest request) {
        if (!warnedOfForwarding.get()
                && (request.getHeader("X-Forwarded-For") != null || request.getHeader("Forwarded") != null)
                && warnedOfForwarding.compareAndSet(false, true)) {
            LOG.warn("A request came with forwarding headers; they are not trusted, the peer's address is counted."
                    + " Behind a proxy all its clients share one limit");
        }
    }

    /** Frees the store. */
    @Override
    public void destroy() {
        store.close();
    }

    /** Collects options. For one thread. */
    public static final class Builder {
        private @Nullable RateLimitRule rule;
        private @Nullable BucketStore store;
        private HeaderMode headers = HeaderMode.ON_LIMIT;
        private RateLimitListener listener = new RateLimitListener() {};
        private LongSupplier nanos = System::nanoTime;

        private Builder() {}

        /**
         * Sets the limit for every request.
         *
         * @param newRule the limit
         * @return this builder
         */
        public Builder defaultRule(RateLimitRule newRule) {
            this.rule = Objects.requireNonNull(newRule, "newRule");
            return this;
        }

        /**
         * Sets where calls are counted.
         *
         * @param newStore default a {@link LocalBucketStore}; closed with the filter
         * @return this builder
         */
        public Builder store(BucketStore newStore) {
            this.store = Objects.requireNonNull(newStore, "newStore");
            return this;
        }

        /**
         * Sets on which answers the rate limit headers stand.
         *
         * @param mode default {@link HeaderMode#ON_LIMIT}
         * @return this builder
         */
        public Builder headers(HeaderMode mode) {
            this.headers = Objects.requireNonNull(mode, "mode");
            return this;
        }

        /**
         * Sets who is told of decisions.
         *
         * @param newListener default nobody
         * @return this builder
         */
        public Builder listener(RateLimitListener newListener) {
            this.listener = Objects.requireNonNull(newListener, "newListener");
            return this;
        }

        Builder nanos(LongSupplier newNanos) {
            this.nanos = newNanos;
            return this;
        }

        /**
         * Builds.
         *
         * @return the filter
         * @throws IllegalStateException if there is no default rule
         */
        public RateLimitFilter build() {
            if (rule == null) {
                throw new IllegalStateException(
                        "defaultRule is required, such as RateLimitRule.perIp(100," + " Duration.ofMinutes(1))");
            }
            return new RateLimitFilter(this, rule);
        }
    }
}
