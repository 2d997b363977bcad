package dev.dowel.ratelimit.redis;

import dev.dowel.ratelimit.BucketStore;
import dev.dowel.ratelimit.BucketStoreException;
import dev.dowel.ratelimit.Decision;
import dev.dowel.ratelimit.RateLimitKey;
import dev.dowel.ratelimit.RateLimitRule;
import dev.dowel.ratelimit.ResilientBucketStore;
import dev.dowel.ratelimit.bucket4j.ProxyManagerBucketStore;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.RetryDecision;
import io.github.bucket4j.distributed.proxy.RetryStrategy;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * Counts in one Redis that all instances share, with bucket4j over Lettuce. A call is held for the timeout at most; while
 * there is no connection it fails at once, and the connection comes back by itself. A key lives until its client would have
 * its full quota again. The clocks of the instances count: keep them in step. Safe for use by several threads.
 *
 * <p>Put a {@link ResilientBucketStore} around it, or use {@link #shared}.
 */
public final class RedisBucketStore implements BucketStore {
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final int MOST_ATTEMPTS = 10;
    private static final int MOST_WAITING_COMMANDS = 10_000;
    private static final Duration FIRST_CONNECTION = Duration.ofSeconds(1);

    private final RedisClient client;
    private final RedisURI uri;
    private final Duration timeout;
    private final String prefix;
    private final TimeMeter clock;
    private volatile CompletableFuture<BucketStore> connection;

    private RedisBucketStore(Builder builder) {
        this.uri = uri(builder.redis);
        this.timeout = builder.timeout;
        this.prefix = checked(builder.prefix);
        this.clock = builder.clock;
        this.client = RedisClient.create(uri);
        client.setOptions(ClientOptions.builder()
                .autoReconnect(true)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(MOST_WAITING_COMMANDS)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(FIRST_CONNECTION)
                        .keepAlive(true)
                        .build())
                .build());
        this.connection = connect();
    }

    private static String checked(String prefix) {
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException("prefix has 1 to 64 characters of A-Z a-z 0-9 . _ -");
        }
        return prefix;
    }

    private static RedisURI uri(URI redis) {
        try {
            return RedisURI.create(redis);
        } catch (RuntimeException e) {
            // Without the cause: it may repeat the password.
            throw new IllegalArgumentException("The Redis is given as redis://[user:password@]host:port[/database]"
                    + " or rediss://...; this is something else");
        }
    }

    /**
     * Makes a store for several instances that goes on when Redis is away.
     *
     * @param redis where it is, such as {@code redis://cache:6379}
     * @param instances how many instances there are, for the time that Redis is away
     * @return a store, closed with the filter
     * @throws IllegalArgumentException if the address has another form, or the number is out of its range
     */
    public static ResilientBucketStore shared(URI redis, int instances) {
        return ResilientBucketStore.builder(builder(redis).build(), instances).build();
    }

    /**
     * Starts to build.
     *
     * @param redis where it is, such as {@code redis://cache:6379}
     * @return a builder
     */
    public static Builder builder(URI redis) {
        return new Builder(redis);
    }

    /** A first connection may come later; until then calls fail at once. */
    private RedisBucketStore start() {
        try {
            connection.get(FIRST_CONNECTION.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return this;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return this;
    }

    private CompletableFuture<BucketStore> connect() {
        return client.connectAsync(RedisCodec.of(StringCodec.ASCII, ByteArrayCodec.INSTANCE), uri)
                .thenApply(this::bucketsOrClosed)
                .toCompletableFuture();
    }

    private BucketStore bucketsOrClosed(StatefulRedisConnection<String, byte[]> redis) {
        try {
            return buckets(redis);
        } catch (RuntimeException | Error e) {
            CompletableFuture<Void> unused = redis.closeAsync();
            throw e;
        }
    }

    private BucketStore buckets(StatefulRedisConnection<String, byte[]> redis) {
        return new ProxyManagerBucketStore(
                Bucket4jLettuce.casBasedBuilder(redis)
                        .clientClock(clock)
                        .requestTimeout(timeout)
                        .retryStrategy(RedisBucketStore::again)
                        .expirationAfterWrite(ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(
                                Duration.ofSeconds(1)))
                        .build(),
                prefix);
    }

    /** Several instances may want one key at the same time; each waits a little, and not as long as the others. */
    private static RetryDecision again(RetryStrategy.RetryMetadata attempt) {
        return attempt.getAttemptNumber() >= MOST_ATTEMPTS
                ? RetryDecision.stop()
                : RetryDecision.retryAfter(
                        Duration.ofNanos(ThreadLocalRandom.current().nextLong(100_000, 2_000_000)));
    }

    private BucketStore connected() {
        CompletableFuture<BucketStore> current = connection;
        if (current.isCompletedExceptionally()) {
            connectAgain();
        } else if (current.isDone()) {
            return current.join();
        }
        throw new BucketStoreException("There is no connection to Redis", null);
    }

    private synchronized void connectAgain() {
        if (connection.isCompletedExceptionally()) {
            connection = connect();
        }
    }

    @Override
    public Decision tryConsume(RateLimitRule rule, RateLimitKey key, long cost) {
        return connected().tryConsume(rule, key, cost);
    }

    @Override
    public Decision look(RateLimitRule rule, RateLimitKey key, long cost) {
        return connected().look(rule, key, cost);
    }

    @Override
    public void charge(RateLimitRule rule, RateLimitKey key, long cost) {
        connected().charge(rule, key, cost);
    }

    @Override
    public void giveBack(RateLimitRule rule, RateLimitKey key, long cost) {
        connected().giveBack(rule, key, cost);
    }

    /** Closes the connection, within two seconds. */
    @Override
    public void close() {
        client.shutdown(0, 2, TimeUnit.SECONDS);
    }

    /** Collects options. For one thread. */
    public static final class Builder {
        private final URI redis;
        private Duration timeout = Duration.ofMillis(50);
        private String prefix = "rate-limit";
        private TimeMeter clock = TimeMeter.SYSTEM_MILLISECONDS;

        private Builder(URI redis) {
            this.redis = Objects.requireNonNull(redis, "redis");
        }

        /**
         * Sets how long a call may be held.
         *
         * @param longest 1 ms to 10 s; default 50 ms
         * @return this builder
         * @throws IllegalArgumentException if the time is out of its range
         */
        public Builder timeout(Duration longest) {
            if (longest.compareTo(Duration.ofMillis(1)) < 0 || longest.compareTo(Duration.ofSeconds(10)) > 0) {
                throw new IllegalArgumentException("timeout is 1 ms to 10 s, not " + longest);
            }
            this.timeout = longest;
            return this;
        }

        /**
         * Sets what the keys begin with, so that several services can use one Redis.
         *
         * @param prefix 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}; default {@code rate-limit}
         * @return this builder
         */
        public Builder prefix(String prefix) {
            this.prefix = Objects.requireNonNull(prefix, "prefix");
            return this;
        }

        Builder clock(TimeMeter clock) {
            this.clock = clock;
            return this;
        }

        /**
         * Builds; waits a second at most for the connection, and does not fail if there is none.
         *
         * @return the store
         * @throws IllegalArgumentException if the address or the prefix has another form
         */
        public RedisBucketStore build() {
            return new RedisBucketStore(this).start();
        }
    }
}
