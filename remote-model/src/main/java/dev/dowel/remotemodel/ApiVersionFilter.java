package dev.dowel.remotemodel;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.security.Principal;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * For the provider of an API under {@code /api/{version}/}: says on its answers which versions are deprecated and when they
 * end, and counts who still calls which version. Instances are safe for use by several threads.
 *
 * <pre>{@code
 * ApiVersionFilter filter = ApiVersionFilter.builder()
 *         .deprecated("v1", Instant.parse("2026-01-01T00:00:00Z"))
 *         .sunset("v1", Instant.parse("2027-01-01T00:00:00Z"))
 *         .documentation("v1", URI.create("https://example.org/from-v1-to-v2"))
 *         .build();
 * filter.calls().forEach(calls -> log.info("{} called {} {} times", calls.client(), calls.version(), calls.count()));
 * }</pre>
 *
 * <p>Put it behind authentication, because it asks who calls before it passes the call on; a call that authentication
 * refuses is neither counted nor told. Map it to {@code /*} with async support for REQUEST, for ERROR so that an error page
 * cannot lose the headers, and for FORWARD where others forward into the API. A call is counted once, by the first path in
 * it that has a version.
 *
 * <p>The path is the one the container dispatches by, decoded and without parameters, relative to the context. Versions
 * are those named in the options and {@code v} with one to three digits.
 */
public final class ApiVersionFilter implements Filter {

    private static final Logger log = LoggerFactory.getLogger(ApiVersionFilter.class);
    private static final Pattern USUAL_VERSION = Pattern.compile("v[0-9]{1,3}");

    private final String prefix;
    private final Map<String, VersionNotice> notices;
    private final Function<? super HttpServletRequest, ? extends @Nullable String> client;
    private final BiConsumer<String, String> onCall;
    private final Clock clock;
    private final CallCounts counts;
    private final AtomicBoolean warned = new AtomicBoolean();

    /** One name for each filter, so that two filters in one chain do not take each other's mark. */
    private final String attribute = ApiVersionFilter.class.getName() + '.' + UUID.randomUUID();

    /**
     * How often one client called one version.
     *
     * @param version the version as in the path
     * @param client its name, {@code anonymous} without one, {@code other} where there was no room for more clients
     * @param count the number of calls since the filter was made
     * @param lastSeen when the last of them came
     */
    public record Calls(String version, String client, long count, Instant lastSeen) {}

    private ApiVersionFilter(Builder options) {
        prefix = options.prefix;
        notices = options.notices();
        client = options.client;
        onCall = options.onCall;
        clock = options.clock;
        counts = new CallCounts(notices.keySet(), options.maxClients);
    }

    /**
     * Starts to build a filter, which counts and announces nothing unless told so.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns who called what so far in this process.
     *
     * @return a copy, by version, the most frequent client first
     */
    public List<Calls> calls() {
        return counts.snapshot();
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest call) || !(response instanceof HttpServletResponse answer)) {
            chain.doFilter(request, response);
            return;
        }
        boolean known = call.getAttribute(attribute) instanceof String;
        String version = known ? (String) call.getAttribute(attribute) : version(call);
        if (version == null) {
            chain.doFilter(call, answer);
            return;
        }
        Instant now = clock.instant();
        if (!known) {
            call.setAttribute(attribute, version);
            count(version, call, now);
        }
        VersionNotice notice = notices.get(version);
        if (notice == null) {
            chain.doFilter(call, answer);
            return;
        }
        notice.announce(answer);
        if (!known && notice.isGone(now)) {
            notice.refuse(answer);
        } else {
            chain.doFilter(call, notice.kept(answer));
        }
    }

    /** The version in the path, or null. An error page and an included path are not what the client called. */
    private @Nullable String version(HttpServletRequest request) {
        DispatcherType type = request.getDispatcherType();
        if (type == DispatcherType.ERROR || type == DispatcherType.INCLUDE) {
            return null;
        }
        PathSegments path = new PathSegments(path(request));
        if (!prefix.isEmpty() && !prefix.equals(path.next())) {
            return null;
        }
        String segment = path.next();
        return notices.containsKey(segment) || USUAL_VERSION.matcher(segment).matches() ? segment : null;
    }

    private static String path(HttpServletRequest request) {
        try {
            String pathInfo = request.getPathInfo();
            return pathInfo == null ? request.getServletPath() : request.getServletPath() + pathInfo;
        } catch (IllegalArgumentException ambiguous) {
            // Jetty does not decode a path with %2F or the like, and says so when asked.
            return PathSegments.decoded(request.getRequestURI(), request.getContextPath());
        }
    }

    private void count(String version, HttpServletRequest request, Instant now) {
        String name;
        try {
            name = ClientName.of(client.apply(request));
        } catch (RuntimeException e) {
            warn("The client function", e);
            name = CallCounts.OTHER;
        }
        String counted = counts.add(version, name, now);
        try {
            onCall.accept(version, counted);
        } catch (RuntimeException e) {
            warn("The listener", e);
        }
    }

    /** Names the class of the failure and no more: its message may hold what the caller sent. */
    private void warn(String what, RuntimeException e) {
        if (warned.compareAndSet(false, true)) {
            log.warn(
                    "{} of the API version filter failed; the call went on: {}",
                    what,
                    e.getClass().getName());
        }
    }

    private static @Nullable String principal(HttpServletRequest request) {
        @Nullable Principal principal = request.getUserPrincipal();
        return principal == null ? null : principal.getName();
    }

    /** Collects the options of an {@link ApiVersionFilter}. Not safe for use by several threads. */
    public static final class Builder {

        private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

        private final Map<String, Instant> deprecated = new TreeMap<>();
        private final Map<String, Instant> sunset = new TreeMap<>();
        private final Map<String, URI> documentation = new TreeMap<>();
        private final Set<String> gone = new TreeSet<>();
        private String prefix = "api";
        private Function<? super HttpServletRequest, ? extends @Nullable String> client = ApiVersionFilter::principal;
        private int maxClients = 1_000;
        private BiConsumer<String, String> onCall = (version, client) -> {};
        private Clock clock = Clock.systemUTC();

        private Builder() {}

        /**
         * Sets what stands before the version in the path.
         *
         * @param segment one plain path segment, empty for none; {@code api} by default
         * @return this builder
         * @throws IllegalArgumentException when it is not a plain segment
         */
        public Builder prefix(String segment) {
            this.prefix = segment.isEmpty() ? "" : EntityUrls.name("prefix", segment);
            return this;
        }

        /**
         * Puts {@code Deprecation} (RFC 9745) on the answers of a version.
         *
         * @param version one plain path segment
         * @param since from when it is deprecated, also in the future; whole seconds count
         * @return this builder
         * @throws IllegalArgumentException when the version is not a plain segment or the time not between 1970 and 9999
         */
        public Builder deprecated(String version, Instant since) {
            deprecated.put(EntityUrls.name("version", version), inRange("since", since));
            return this;
        }

        /**
         * Puts {@code Sunset} (RFC 8594) on the answers of a version.
         *
         * @param version one plain path segment
         * @param when from when it may be gone; whole seconds count
         * @return this builder
         * @throws IllegalArgumentException when the version is not a plain segment or the time not between 1970 and 9999
         */
        public Builder sunset(String version, Instant when) {
            sunset.put(EntityUrls.name("version", version), inRange("when", when));
            return this;
        }

        /**
         * Puts a {@code Link} with {@code rel="deprecation"} beside Deprecation and one with {@code rel="sunset"} beside
         * Sunset.
         *
         * @param version one plain path segment
         * @param page what callers should read
         * @return this builder
         * @throws IllegalArgumentException when the version is not a plain segment
         */
        public Builder documentation(String version, URI page) {
            documentation.put(EntityUrls.name("version", version), Objects.requireNonNull(page, "page"));
            return this;
        }

        /**
         * Answers 410 with a problem document instead of passing calls of a version on, from its sunset on. They are counted
         * still.
         *
         * @param version one plain path segment, with a {@link #sunset}
         * @return this builder
         * @throws IllegalArgumentException when the version is not a plain segment
         */
        public Builder gone(String version) {
            gone.add(EntityUrls.name("version", version));
            return this;
        }

        /**
         * Sets who a call is counted for; the name of {@link HttpServletRequest#getUserPrincipal()} unless set.
         *
         * @param name gives the client's name, null or blank for {@code anonymous}; it is cut after 100 characters, and
         *     those that cannot be seen are replaced
         * @return this builder
         */
        public Builder client(Function<? super HttpServletRequest, ? extends @Nullable String> name) {
            this.client = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Sets how many clients are counted by name: for each version named in the options so many, for all other versions
         * together as many again. Who comes later is counted as {@code other}.
         *
         * @param number 1 to 100,000; 1,000 unless set
         * @return this builder
         * @throws IllegalArgumentException when the number is not in that range
         */
        public Builder maxClients(int number) {
            if (number < 1 || number > 100_000) {
                throw new IllegalArgumentException("maxClients must be 1 to 100000: " + number);
            }
            this.maxClients = number;
            return this;
        }

        /**
         * Sets who hears of each counted call.
         *
         * @param hearer nobody unless set
         * @return this builder
         */
        public Builder onCall(BiConsumer<String, String> hearer) {
            this.onCall = Objects.requireNonNull(hearer, "hearer");
            return this;
        }

        Builder clock(Clock clock) {
            this.clock = clock;
            return this;
        }

        /**
         * Builds.
         *
         * @return the filter
         * @throws IllegalStateException when a version would end before it is deprecated, is to be gone without a sunset,
         *     or has documentation and neither date
         */
        public ApiVersionFilter build() {
            return new ApiVersionFilter(this);
        }

        private Map<String, VersionNotice> notices() {
            Set<String> versions = new TreeSet<>(deprecated.keySet());
            versions.addAll(sunset.keySet());
            for (String version : documentation.keySet()) {
                check(versions.contains(version), version, "has documentation, but no deprecated or sunset date");
            }
            for (String version : gone) {
                check(sunset.containsKey(version), version, "is to be gone, but has no sunset date");
            }
            Map<String, VersionNotice> notices = new HashMap<>();
            for (String version : versions) {
                Instant since = deprecated.get(version);
                Instant end = sunset.get(version);
                check(
                        since == null || end == null || !end.isBefore(since),
                        version,
                        "has a sunset before its deprecation");
                notices.put(version, new VersionNotice(since, end, documentation.get(version), gone.contains(version)));
            }
            return Map.copyOf(notices);
        }

        private static void check(boolean good, String version, String problem) {
            if (!good) {
                throw new IllegalStateException("version " + version + " " + problem);
            }
        }

        private static Instant inRange(String parameter, Instant time) {
            if (time.isBefore(Instant.EPOCH) || time.isAfter(LATEST)) {
                throw new IllegalArgumentException(parameter + " must be between 1970 and 9999: " + time);
            }
            return time;
        }
    }
}
