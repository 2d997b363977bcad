package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dowel.ratelimit.RateLimitListener.StoreState;
import dev.dowel.ratelimit.redis.RedisBucketStore;
import dev.dowel.testservices.Redis;
import jakarta.servlet.Filter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Eight threads call three services for many clients all the time, while the Redis of the three freezes, dies and comes back. */
class SharedStoreUnderLoadTest {
    private static final int SERVICES = 3;
    private static final int THREADS = 8;
    private static final int CLIENTS = 20;
    private static final int LIMIT = 30;
    /** In so long a period nothing comes back while the test runs. */
    private static final RateLimitRule RULE = RateLimitRule.perIp(LIMIT, Duration.ofDays(30));

    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Redis redis = Redis.start();
    private final List<ServletServer> services = new ArrayList<>();
    private final List<List<StoreState>> states = new ArrayList<>();
    private final AtomicLong longestHeld = new AtomicLong();
    private final Map<String, AtomicInteger> passed = new ConcurrentHashMap<>();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private volatile int part;
    private volatile boolean over;

    @AfterEach
    void stop() {
        services.forEach(ServletServer::close);
        redis.close();
    }

    @Test
    void redis_frozen_and_killed_under_load_holds_no_request_beyond_the_timeout_and_lets_no_client_pass_unlimited()
            throws Exception {
        for (int i = 0; i < SERVICES; i++) {
            service();
        }
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        List<Future<?>> loads = new ArrayList<>();
        try {
            for (int i = 0; i < THREADS; i++) {
                loads.add(threads.submit(this::load));
            }
            untilAllClientsAreRefused();
            longestHeld.set(0);
            redis.freeze();
            untilAllAre(StoreState.AWAY);
            part = 1;
            untilAllSharesAreUsed();
            redis.thaw();
            untilAllAre(StoreState.SHARED);
            redis.kill();
            untilAllAre(StoreState.AWAY);
            part = 2;
            untilAllSharesAreUsed();
            redis.restart();
            untilAllAre(StoreState.SHARED);
            part = 3;
            untilAllClientsAreRefused();
        } finally {
            over = true;
            threads.shutdown();
        }
        for (Future<?> load : loads) {
            load.get();
        }
        for (int client = 0; client < CLIENTS; client++) {
            assertThat(passed(0, client)).as("with Redis").isLessThan(2 * LIMIT);
            assertThat(passed(1, client)).as("while Redis is frozen").isEqualTo(LIMIT);
            assertThat(passed(2, client)).as("while Redis is dead").isEqualTo(LIMIT);
            assertThat(passed(3, client)).as("with Redis again").isLessThan(2 * LIMIT);
        }
        assertThat(Duration.ofNanos(longestHeld.get()))
                .isGreaterThanOrEqualTo(TIMEOUT)
                .isLessThan(TIMEOUT.multipliedBy(5));
        assertThat(states)
                .allSatisfy(seen -> assertThat(seen)
                        .startsWith(StoreState.AWAY, StoreState.SHARED, StoreState.AWAY, StoreState.SHARED)
                        .endsWith(StoreState.SHARED));
    }

    private void service() throws Exception {
        List<StoreState> seen = new CopyOnWriteArrayList<>();
        states.add(seen);
        RedisBucketStore shared =
                RedisBucketStore.builder(redis.uri()).timeout(TIMEOUT).build();
        untilItAnswers(shared);
        ResilientBucketStore store = ResilientBucketStore.builder(shared, SERVICES)
                .own(new LocalBucketStore(400_000))
                .probeEvery(Duration.ofMillis(100))
                .listener(new RateLimitListener() {
                    @Override
                    public void storeChanged(StoreState state) {
                        seen.add(state);
                    }
                })
                .build();
        RateLimitFilter limit = RateLimitFilter.builder()
                .defaultRule(RULE)
                .clientAddress(ClientAddressResolver.forwarded(
                        ClientAddressResolver.Header.X_FORWARDED_FOR, CidrSet.parse("127.0.0.0/8")))
                .store(store)
                .build();
        Filter watch = (request, response, chain) -> {
            long began = System.nanoTime();
            chain.doFilter(request, response);
            longestHeld.accumulateAndGet(System.nanoTime() - began, Math::max);
        };
        ServletServer service = new TomcatServer();
        services.add(service);
        service.filter(watch)
                .filter(limit)
                .servlet((request, response) -> response.getOutputStream().print("ok"))
                .start();
    }

    /** Half of the calls come from clients that are counted here, half from newcomers, for whom Redis is always asked. */
    private Void load() throws IOException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        while (!over) {
            int service = random.nextInt(SERVICES);
            call(service, address(part, random.nextInt(CLIENTS)));
            call(service, "203." + random.nextInt(256) + "." + random.nextInt(256) + "." + random.nextInt(256));
        }
        return null;
    }

    private void call(int service, String client) throws IOException {
        int status =
                services.get(service).get("/", "X-Forwarded-For: " + client).status();
        if (status == 200) {
            passed.computeIfAbsent(client, none -> new AtomicInteger()).incrementAndGet();
        } else {
            assertThat(status).isEqualTo(429);
            refused.add(service + " " + client);
        }
    }

    /** The clients of each part have addresses of their own, so that nothing is used up when it begins. */
    private static String address(int part, int client) {
        return "198.51." + part + "." + client;
    }

    private int passed(int part, int client) {
        AtomicInteger calls = passed.get(address(part, client));
        return calls == null ? 0 : calls.get();
    }

    /** The first call of all loads many classes. */
    private static void untilItAnswers(RedisBucketStore store) {
        RateLimitKey nobody = ClientAddress.parse("192.0.2.1").orElseThrow();
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> store.look(RULE, nobody, 1).allowed());
    }

    private void untilAllClientsAreRefused() {
        await().atMost(PATIENCE)
                .until(() -> IntStream.range(0, SERVICES)
                        .allMatch(service -> IntStream.range(0, CLIENTS)
                                .allMatch(client -> refused.contains(service + " " + address(part, client)))));
    }

    /** While a call finds out whether Redis is back, another may be refused before the share is used. */
    private void untilAllSharesAreUsed() {
        untilAllClientsAreRefused();
        await().atMost(PATIENCE)
                .until(() -> IntStream.range(0, CLIENTS).allMatch(client -> passed(part, client) >= LIMIT));
    }

    private void untilAllAre(StoreState wanted) {
        await().atMost(PATIENCE)
                .until(() -> states.stream().allMatch(seen -> !seen.isEmpty() && seen.get(seen.size() - 1) == wanted));
    }
}
