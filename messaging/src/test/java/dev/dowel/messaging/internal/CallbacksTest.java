package dev.dowel.messaging.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What becomes of callbacks at the end. */
class CallbacksTest {
    private static final int PLACES = 2_000;

    private final AtomicInteger threads = new AtomicInteger();
    private final AtomicBoolean noMoreThreads = new AtomicBoolean();
    private final Callbacks callbacks = new Callbacks(PLACES, task -> {
        if (noMoreThreads.get()) {
            throw new InternalError("on purpose: no thread can be made");
        }
        threads.incrementAndGet();
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    });

    @Test
    void closing_starts_200_threads_at_most_for_callbacks_that_stand_still_and_loses_none() {
        CountDownLatch goOn = new CountDownLatch(1);
        List<CompletableFuture<Void>> all = standingStill(1_000, goOn);

        callbacks.close();

        assertThat(threads).hasValue(200);
        goOn.countDown();
        assertThat(all).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(20)));
    }

    @Test
    void closing_without_a_thread_to_be_had_lets_later_stages_complete_where_they_arise() {
        CountDownLatch goOn = new CountDownLatch(1);
        List<CompletableFuture<Void>> all = standingStill(10, goOn);
        CompletableFuture<Void> sent = new CompletableFuture<>();
        CompletableFuture<Void> late = handedOut(sent);
        noMoreThreads.set(true);

        assertThatThrownBy(callbacks::close).hasMessageContaining("on purpose");

        sent.complete(null);
        assertThat(late).isDone();
        goOn.countDown();
        assertThat(all).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(20)));
    }

    private List<CompletableFuture<Void>> standingStill(int count, CountDownLatch goOn) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            CompletableFuture<Void> sent = new CompletableFuture<>();
            all.add(handedOut(sent).thenRun(() -> awaitQuietly(goOn)));
            sent.complete(null);
        }
        return all;
    }

    private CompletableFuture<Void> handedOut(CompletableFuture<Void> sent) {
        return callbacks.handOut(sent, e -> e).toCompletableFuture();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
