package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Test;

class RotationTest {

    private static final int THREADS = 4;
    private static final int ROTATIONS = 200;

    private final ReentrantReadWriteLock change = new ReentrantReadWriteLock(true);
    private volatile boolean running = true;
    private GeneratedToken current = TokenGenerator.generate("billing", "dwl");

    @Test
    void no_valid_call_is_refused_while_secrets_rotate_under_load() throws Exception {
        ClientTokenVerifier verifier = ClientTokenVerifier.of(registry(current));
        AtomicLong accepted = new AtomicLong();
        AtomicLong refused = new AtomicLong();
        CountDownLatch started = new CountDownLatch(THREADS);
        ExecutorService callers = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                calls.add(callers.submit(() -> call(verifier, accepted, refused, started)));
            }
            assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
            GeneratedToken old = current;
            for (int i = 0; i < ROTATIONS; i++) {
                old = current;
                GeneratedToken next = TokenGenerator.generate("billing", "dwl");
                verifier.replace(registry(old, next));
                callersChangeTo(next);
                verifier.replace(registry(next));
                assertThat(verifier.verify(BearerToken.of(old.token())))
                        .isInstanceOfSatisfying(
                                Verification.Rejected.class,
                                rejected -> assertThat(rejected.reason()).isEqualTo(RefusalReason.WRONG_SECRET));
            }
            running = false;
            for (Future<?> call : calls) {
                call.get(20, TimeUnit.SECONDS);
            }
            assertThat(refused).hasValue(0);
            assertThat(accepted.get()).isGreaterThan(ROTATIONS);
        } finally {
            running = false;
            callers.shutdownNow();
        }
    }

    private void call(ClientTokenVerifier verifier, AtomicLong accepted, AtomicLong refused, CountDownLatch started) {
        while (running) {
            change.readLock().lock();
            try {
                boolean good = verifier.verify(BearerToken.of(current.token())) instanceof Verification.Accepted;
                (good ? accepted : refused).incrementAndGet();
            } finally {
                change.readLock().unlock();
            }
            started.countDown();
        }
    }

    /** Returns when no call with the old secret is under way; the swaps themselves take no lock. */
    private void callersChangeTo(GeneratedToken next) {
        change.writeLock().lock();
        try {
            current = next;
        } finally {
            change.writeLock().unlock();
        }
    }

    private static ClientRegistry registry(GeneratedToken... active) {
        StringBuilder text = new StringBuilder();
        for (GeneratedToken token : active) {
            text.append(token.configurationLine()).append('\n');
        }
        return ClientRegistry.parse(text.toString());
    }
}
