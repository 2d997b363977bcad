package dev.dowel.authtoken.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.util.Base64URL;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls at once, while an issuer is slow to answer. */
@Timeout(60)
class JwksTest {

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger fetches = new AtomicInteger();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch answered = new CountDownLatch(1);
    private final ExecutorService first = Executors.newSingleThreadExecutor();
    private final ExecutorService requests = Executors.newFixedThreadPool(4);

    @AfterEach
    void stop() {
        answered.countDown();
        first.shutdownNow();
        requests.shutdownNow();
    }

    private JWKSet slow(JWKSet answer) throws IOException {
        begun.countDown();
        try {
            answered.await();
            return answer;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void a_storm_of_unknown_keys_does_not_hold_threads_while_one_call_has_them_fetched() throws Exception {
        Jwks keys = new Jwks(
                () -> fetches.incrementAndGet() == 1 ? keys("one") : slow(keys("one", "two")),
                Duration.ZERO,
                nanos::get);
        keys.refresh();
        nanos.addAndGet(Jwks.INTERVAL.toNanos());
        Future<List<JWK>> fetching = first.submit(() -> keys.get(named("two"), null));
        begun.await();

        // Each would wait for 5 seconds, on one of 4 threads.
        List<Callable<List<JWK>>> storm = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String name = "unknown" + i;
            storm.add(() -> keys.get(named(name), null));
        }
        for (Future<List<JWK>> refused : requests.invokeAll(storm)) {
            assertThatThrownBy(refused::get)
                    .hasCauseInstanceOf(KeySourceException.class)
                    .hasMessageContaining("the keys are still being fetched");
        }
        assertThat(keys.get(named("one"), null)).hasSize(1);

        answered.countDown();
        assertThat(fetching.get()).hasSize(1);
        assertThat(keys.get(named("two"), null)).hasSize(1);
        assertThat(keys.get(named("unknown"), null)).isEmpty();
        assertThat(fetches).hasValue(2);
    }

    @Test
    void calls_before_the_first_keys_are_known_wait_for_them() throws Exception {
        Jwks keys = new Jwks(
                () -> {
                    fetches.incrementAndGet();
                    return slow(keys("one"));
                },
                Duration.ZERO,
                nanos::get);
        Future<?> fetching = first.submit(keys::refresh);
        begun.await();
        FutureTask<List<JWK>> call = new FutureTask<>(() -> keys.get(named("one"), null));
        Thread thread = new Thread(call);
        thread.start();
        await().until(() -> call.isDone() || thread.getState() == Thread.State.TIMED_WAITING);
        answered.countDown();
        assertThat(call.get()).hasSize(1);
        fetching.get(20, TimeUnit.SECONDS);
        assertThat(fetches).hasValue(1);
    }

    private static JWKSelector named(String id) {
        return new JWKSelector(new JWKMatcher.Builder().keyID(id).build());
    }

    private static JWKSet keys(String... ids) {
        List<JWK> keys = new ArrayList<>();
        for (String id : ids) {
            keys.add(new OctetSequenceKey.Builder(new Base64URL("AAAA"))
                    .keyID(id)
                    .build());
        }
        return new JWKSet(keys);
    }
}
