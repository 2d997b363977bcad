package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.ratelimit.redis.RedisBucketStore;
import dev.dowel.testservices.Redis;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One client calls three services, each a server of its own with a filter of its own. */
class SeveralServicesTest {
    private static final int SERVICES = 3;
    private static final int LIMIT = 60;
    private static final RateLimitRule RULE = RateLimitRule.perIp(LIMIT, Duration.ofHours(1));

    private final Redis redis = Redis.start();
    private final List<ServletServer> services = new ArrayList<>();

    @AfterEach
    void stop() {
        services.forEach(ServletServer::close);
        redis.close();
    }

    @Test
    void three_services_with_one_redis_never_pass_more_than_the_limit_together() throws Exception {
        for (int i = 0; i < SERVICES; i++) {
            service(RateLimitFilter.builder()
                    .defaultRule(RULE)
                    .store(ResilientBucketStore.builder(
                                    RedisBucketStore.builder(redis.uri())
                                            .timeout(Duration.ofSeconds(10))
                                            .build(),
                                    SERVICES)
                            .onFailure(FailurePolicy.CLOSED)
                            .failuresToOpen(1_000)
                            .build())
                    .build());
        }
        List<Integer> statuses = load(8, 4 * LIMIT);
        // 503: too many at once wanted the same key.
        assertThat(statuses).containsAnyOf(200).contains(429).isSubsetOf(200, 429, 503);
        int passed = count(statuses, 200);
        int unknown = count(statuses, 503);
        assertThat(passed).isLessThanOrEqualTo(LIMIT);
        for (ServletServer service : services) {
            while (service.get("/").status() != 429) {
                passed++;
            }
        }
        assertThat(passed).isBetween(LIMIT - unknown, LIMIT);
    }

    @Test
    void one_line_makes_one_limit_of_three() throws Exception {
        for (int i = 0; i < SERVICES; i++) {
            service(RateLimitFilter.builder()
                    .defaultRule(RULE)
                    .store(RedisBucketStore.shared(redis.uri(), SERVICES))
                    .build());
        }
        int passed = count(load(1, SERVICES * LIMIT), 200);
        // A call that Redis did not answer in time may pass beside, up to a third of the limit at each service.
        assertThat(passed).isBetween(LIMIT / 2, 2 * LIMIT);
        for (ServletServer service : services) {
            assertThat(service.get("/").status()).isEqualTo(429);
        }
    }

    @Test
    void without_that_line_each_service_has_the_whole_limit() throws Exception {
        for (int i = 0; i < SERVICES; i++) {
            service(RateLimitFilter.builder().defaultRule(RULE).build());
        }
        assertThat(count(load(8, 4 * LIMIT), 200)).isEqualTo(SERVICES * LIMIT);
    }

    private void service(RateLimitFilter filter) throws Exception {
        ServletServer service = new TomcatServer();
        services.add(service);
        service.filter(filter)
                .servlet((request, response) -> response.getOutputStream().print("ok"))
                .start();
    }

    private List<Integer> load(int threads, int calls) throws Exception {
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            ServletServer service = services.get(i % SERVICES);
            tasks.add(() -> status(service));
        }
        ExecutorService clients = Executors.newFixedThreadPool(threads);
        try {
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> answer : clients.invokeAll(tasks)) {
                statuses.add(answer.get());
            }
            return statuses;
        } finally {
            clients.shutdown();
        }
    }

    private static int status(ServletServer service) throws IOException {
        return service.get("/").status();
    }

    private static int count(List<Integer> statuses, int wanted) {
        return (int) statuses.stream().filter(status -> status == wanted).count();
    }
}
