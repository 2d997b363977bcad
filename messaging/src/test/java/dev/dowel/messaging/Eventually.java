package dev.dowel.messaging;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ThrowingRunnable;

/** Waits for what becomes true by itself. How long it waits at most matters only where a test fails. */
public final class Eventually {
    private Eventually() {}

    /** Repeats a check until it holds; an exception, unlike a failed assertion, ends it at once. */
    public static void eventually(ThrowingRunnable check) {
        waiting().untilAsserted(check);
    }

    /** Repeats a check until it holds, also where it cannot be made yet: a broker that is down throws. */
    public static void eventuallyDespiteExceptions(ThrowingRunnable check) {
        waiting().ignoreExceptions().untilAsserted(check);
    }

    private static ConditionFactory waiting() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
    }
}
