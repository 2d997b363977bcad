package dev.dowel.ratelimit;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits the calls of each client; what is too much gets 429 with {@code Retry-After}. Counts a request once, over
 * forwards, includes, async and error dispatches. Place it after CORS and before authentication, so that guessing tokens is
 * limited too, and register it with async support. Instances are safe for use by several threads.
 *
 * <pre>{@code
 * Filter limit = RateLimitFilter.builder()
 *         .defaultRule(RateLimitRule.perIp(100, Duration.ofMinutes(1)))
 *         .build();
 * }</pre>
 */
public final class RateLimitFilter implements Filter {
    private final BucketStore store;
    private final ClientAddressResolver addresses;
    private final Exemptions exemptions;
    private final Enforcement enforcement;
    private final RateLimitListener listener;
    private final LongSupplier nanos;
    private final @Nullable RulesFile file;
    private final SetupWarnings warnings = new SetupWarnings();
    private final Object counted = new Object();
    private final String marker = RateLimitFilter.class.getName() + "@" + System.identityHashCode(counted);
    private volatile AnnotatedServlets annotated = AnnotatedServlets.none();
    private volatile RateLimitRules rules;

    private RateLimitFilter(Builder builder, RateLimitRules rules) {
        this.rules = rules;
        this.nanos = builder.nanos;
        this.store = builder.store == null ? new LocalBucketStore() : builder.store;
        this.addresses = builder.addresses;
        this.exemptions =
                new Exemptions(builder.exemptAddresses, List.copyOf(builder.exemptRequests), builder.countPreflight);
        this.listener = builder.listener;
        this.enforcement = new Enforcement(
                new Limiter(store, nanos),
                new Refusal(builder.headers, builder.body, builder.retryJitter.toSeconds()),
                new RefusalLog(nanos),
                listener,
                builder.dryRun);
        this.file = builder.file;
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
     * Builds from the environment, as {@link #builderFromEnvironment()} says.
     *
     * @return the filter
     * @throws IllegalArgumentException if a variable is missing or wrong; names it and the problem
     */
    public static RateLimitFilter fromEnvironment() {
        return builderFromEnvironment().build();
    }

    /**
     * Starts to build with what the environment says; the rest can be set as well, and again. {@code RATE_LIMIT} is the
     * default rule, such as {@code 100/PT1M}; {@code RATE_LIMIT_RULES} has rules as in {@link RateLimitRules#parse}, or
     * {@code RATE_LIMIT_RULES_FILE} names a file that has them and is read again within ten seconds of a change. {@code
     * TRUSTED_PROXIES} lists the proxies' addresses and blocks, {@code TRUSTED_PROXY_HEADER} says that they set {@code
     * Forwarded} instead of {@code X-Forwarded-For}, {@code TRUSTED_PROXY_HOPS} that each request passes so many. {@code
     * RATE_LIMIT_EXEMPT} lists addresses that are not limited, {@code RATE_LIMIT_HEADERS} is a {@link HeaderMode}, {@code
     * RATE_LIMIT_DRY_RUN} is {@code true} or {@code false}.
     *
     * @return a builder
     * @throws IllegalArgumentException if a variable is missing or wrong; names it and the problem
     */
    public static Builder builderFromEnvironment() {
        return Environment.builder(System.getenv());
    }

    /**
     * Changes the rules while the filter is in use, for requests that come from now on. What rules of the same name and
     * quotas have counted stays counted. What {@code @RateLimited} says on servlets goes on to hold.
     *
     * @param newRules the rules in place of those before
     * @throws IllegalArgumentException if {@code @RateLimited} names a rule that is no longer there, or has a name that is
     */
    public void rules(RateLimitRules newRules) {
        this.rules = annotated.added(newRules);
    }

    @Override
    public void init(FilterConfig config) {
        AnnotatedServlets found = AnnotatedServlets.of(config.getServletContext());
        this.rules = found.added(rules);
        this.annotated = found;
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
        if (file != null) {
            file.ifChanged(nanos.getAsLong(), this::rules);
        }
        RateLimitRules current = rules;
        warnings.order(http, current);
        ClientAddress client = client(http);
        if (exemptions.cover(http, client)) {
            chain.doFilter(request, response);
            return;
        }
        enforcement.limit(current.rulesFor(http), http, answer, chain, client);
    }

    private ClientAddress client(HttpServletRequest request) {
        if (addresses instanceof PeerAddress) {
            warnings.forwardingHeader(request);
        } else if (addresses instanceof ForwardedAddress forwarded
                && request.getHeader(forwarded.header().other().field()) != null
                && forwarded.trusts(request)) {
            listener.ignoredForwardingHeader();
        }
        ClientAddress client = addresses.resolve(request);
        if (client.isUnknown()) {
            warnings.noAddress();
        }
        return client;
    }

    /** Frees the store. */
    @Override
    public void destroy() {
        store.close();
    }

    /** Collects options. For one thread. */
    public static final class Builder {
        private static final Duration LONGEST_JITTER = Duration.ofHours(1);

        private @Nullable RateLimitRules rules;
        private final List<Named> named = new ArrayList<>();
        private @Nullable RulesFile file;
        private @Nullable BucketStore store;
        private ClientAddressResolver addresses = ClientAddressResolver.peer();
        private CidrSet exemptAddresses = CidrSet.none();
        private final List<Match> exemptRequests = new ArrayList<>();
        private boolean countPreflight;
        private boolean dryRun;
        private HeaderMode headers = HeaderMode.ON_LIMIT;
        private RefusalBody body = RefusalBody.PROBLEM;
        private Duration retryJitter = Duration.ZERO;
        private RateLimitListener listener = new RateLimitListener() {};
        private LongSupplier nanos = System::nanoTime;

        private record Named(RateLimitRule rule, List<Match> where) {}

        Builder() {}

        /**
         * Sets the limit for every request that no other rule is for.
         *
         * @param rule the limit
         * @return this builder
         */
        public Builder defaultRule(RateLimitRule rule) {
            return rules(RateLimitRules.of(rule));
        }

        /**
         * Adds a limit for certain requests, as {@link RateLimitRules#with} says.
         *
         * @param rule the limit
         * @param where which requests it is for; without any it is for the servlets whose {@link RateLimited} names it
         * @return this builder
         */
        public Builder rule(RateLimitRule rule, Match... where) {
            named.add(new Named(Objects.requireNonNull(rule, "rule"), List.of(where)));
            return this;
        }

        /**
         * Sets all limits in place of the default rule.
         *
         * @param rules the limits; those of {@link #rule} are added
         * @return this builder
         */
        public Builder rules(RateLimitRules rules) {
            this.rules = Objects.requireNonNull(rules, "rules");
            return this;
        }

        Builder rulesFile(RulesFile file) {
            this.file = file;
            return rules(file.read(nanos.getAsLong()));
        }

        /**
         * Sets whose request a request is.
         *
         * @param resolver default {@link ClientAddressResolver#peer()}, which trusts no header
         * @return this builder
         */
        public Builder clientAddress(ClientAddressResolver resolver) {
            this.addresses = Objects.requireNonNull(resolver, "resolver");
            return this;
        }

        /**
         * Sets where calls are counted.
         *
         * @param store default a {@link LocalBucketStore}; closed with the filter
         * @return this builder
         */
        public Builder store(BucketStore store) {
            this.store = Objects.requireNonNull(store, "store");
            return this;
        }

        /**
         * Sets whose calls are not limited.
         *
         * @param addresses default none
         * @return this builder
         */
        public Builder exempt(CidrSet addresses) {
            this.exemptAddresses = Objects.requireNonNull(addresses, "addresses");
            return this;
        }

        /**
         * Adds requests that are not limited, such as health checks: those that fit any of the matches. A path and a method
         * together therefore exempt every request with that method. A path that can be read in two ways is never exempt.
         *
         * @param requests the requests
         * @return this builder
         */
        public Builder exempt(Match... requests) {
            exemptRequests.addAll(List.of(requests));
            return this;
        }

        /**
         * Sets whether a browser's preflight requests (CORS) count.
         *
         * @param yes default false
         * @return this builder
         */
        public Builder countPreflight(boolean yes) {
            this.countPreflight = yes;
            return this;
        }

        /**
         * Sets whether calls are only counted and told of, and none is refused.
         *
         * @param yes default false
         * @return this builder
         */
        public Builder dryRun(boolean yes) {
            this.dryRun = yes;
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
         * Sets what stands in a refusal's body.
         *
         * @param body default {@link RefusalBody#PROBLEM}
         * @return this builder
         */
        public Builder body(RefusalBody body) {
            this.body = Objects.requireNonNull(body, "body");
            return this;
        }

        /**
         * Adds a random time to {@code Retry-After}, so that clients that were refused together do not come back together.
         *
         * @param most the longest, in whole seconds, 0 to 1 hour; default 0
         * @return this builder
         * @throws IllegalArgumentException if it is out of its range
         */
        public Builder retryJitter(Duration most) {
            if (most.isNegative() || most.compareTo(LONGEST_JITTER) > 0) {
                throw new IllegalArgumentException("retryJitter is 0 to " + LONGEST_JITTER + ", not " + most);
            }
            this.retryJitter = most;
            return this;
        }

        /**
         * Sets who is told of decisions.
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
         * @return the filter
         * @throws IllegalStateException if there is no default rule
         * @throws IllegalArgumentException if two rules have one name
         */
        public RateLimitFilter build() {
            if (rules == null) {
                throw new IllegalStateException(
                        "defaultRule is required, such as RateLimitRule.perIp(100, Duration.ofMinutes(1))");
            }
            RateLimitRules all = rules;
            for (Named more : named) {
                all = all.with(more.rule(), more.where().toArray(Match[]::new));
            }
            return new RateLimitFilter(this, all);
        }
    }
}
