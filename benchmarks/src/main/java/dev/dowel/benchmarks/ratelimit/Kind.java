package dev.dowel.benchmarks.ratelimit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.util.concurrent.RateLimiter;
import dev.dowel.ratelimit.LocalBucketStore;
import dev.dowel.ratelimit.RateLimitFilter;
import dev.dowel.ratelimit.RateLimitRule;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.ee10.servlets.DoSFilter;

/** The contenders by name. All count by the text of an address; calls come back over an hour. */
public enum Kind {
    /** The filter with its store. */
    DOWEL("rate-limit, filter") {
        @Override
        Contender open(long calls, int clients) {
            return new FilterCalls(RateLimitFilter.builder()
                    .defaultRule(RateLimitRule.perIp(calls, PERIOD))
                    .store(new LocalBucketStore(clients))
                    .build());
        }
    },
    /** Tomcat's filter with its default counter. */
    TOMCAT("Tomcat RateLimitFilter") {
        @Override
        Contender open(long calls, int clients) {
            // It writes a line for each refusal.
            TOMCAT_LOG.setLevel(Level.OFF);
            org.apache.catalina.filters.RateLimitFilter filter = new org.apache.catalina.filters.RateLimitFilter();
            filter.setBucketDuration((int) PERIOD.toSeconds());
            filter.setBucketRequests((int) calls);
            return new FilterCalls(filter);
        }
    },
    /**
     * Jetty's filter, rejecting what is too much. It knows no period but a second, one call of which is the least it can
     * allow. It keeps the time of each call of a second: a limit that is never reached would not fit in memory, so there it
     * passes what it finds too much.
     */
    JETTY("Jetty DoSFilter") {
        @Override
        Contender open(long calls, int clients) {
            long perSecond = Math.max(1, calls / PERIOD.toSeconds());
            boolean reached = perSecond <= MOST_OF_JETTY;
            DoSFilter filter = new DoSFilter();
            // Its own one writes a line for each refusal.
            filter.setListener(new DoSFilter.Listener() {
                @Override
                public DoSFilter.Action onRequestOverLimit(
                        HttpServletRequest request, DoSFilter.OverLimit limit, DoSFilter by) {
                    return reached ? DoSFilter.Action.fromDelay(by.getDelayMs()) : DoSFilter.Action.NO_ACTION;
                }
            });
            FilterCalls contender = new FilterCalls(filter);
            filter.setDelayMs(-1);
            filter.setMaxRequestsPerSec((int) Math.min(perSecond, MOST_OF_JETTY));
            return contender;
        }
    },
    /** A bucket for each client in a map that only grows. */
    BUCKET4J("bucket4j in ConcurrentHashMap") {
        @Override
        Contender open(long calls, int clients) {
            Map<String, Bucket> buckets = new ConcurrentHashMap<>();
            Bandwidth limit = bandwidth(calls);
            return address ->
                    buckets.computeIfAbsent(address, key -> bucket(limit)).tryConsume(1);
        }
    },
    /** A bucket for each client in a cache of a certain size. */
    BUCKET4J_CAFFEINE("bucket4j in Caffeine") {
        @Override
        Contender open(long calls, int clients) {
            Cache<String, Bucket> buckets = Caffeine.newBuilder()
                    .maximumSize(clients)
                    .executor(Runnable::run)
                    .build();
            Bandwidth limit = bandwidth(calls);
            return address -> buckets.get(address, key -> bucket(limit)).tryConsume(1);
        }
    },
    /** A limiter for each client in a map that only grows. */
    RESILIENCE4J("Resilience4j in ConcurrentHashMap") {
        @Override
        Contender open(long calls, int clients) {
            Map<String, io.github.resilience4j.ratelimiter.RateLimiter> limiters = new ConcurrentHashMap<>();
            RateLimiterConfig limit = RateLimiterConfig.custom()
                    .limitForPeriod((int) calls)
                    .limitRefreshPeriod(PERIOD)
                    .timeoutDuration(Duration.ZERO)
                    .build();
            return address -> limiters.computeIfAbsent(
                            address, key -> io.github.resilience4j.ratelimiter.RateLimiter.of("client", limit))
                    .acquirePermission();
        }
    },
    /** A limiter for each client in a map that only grows; it knows no burst beyond a second. */
    GUAVA("Guava RateLimiter in ConcurrentHashMap") {
        @Override
        Contender open(long calls, int clients) {
            Map<String, RateLimiter> limiters = new ConcurrentHashMap<>();
            double perSecond = (double) calls / PERIOD.toSeconds();
            return address -> limiters.computeIfAbsent(address, key -> RateLimiter.create(perSecond))
                    .tryAcquire();
        }
    };

    private static final Duration PERIOD = Duration.ofHours(1);
    private static final long MOST_OF_JETTY = 25;
    private static final Logger TOMCAT_LOG =
            Logger.getLogger(org.apache.catalina.filters.RateLimitFilter.class.getName());

    private final String label;

    Kind(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /** Opens one for so many calls of each client, and with room for so many clients if it is bounded. */
    abstract Contender open(long calls, int clients);

    private static Bandwidth bandwidth(long calls) {
        return Bandwidth.builder().capacity(calls).refillGreedy(calls, PERIOD).build();
    }

    private static Bucket bucket(Bandwidth limit) {
        return Bucket.builder().addLimit(limit).withNanosecondPrecision().build();
    }
}
