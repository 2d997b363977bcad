package dev.dowel.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How much a call allocates on the calling thread: the same on a busy machine as on an idle one, without JMH. */
final class Allocation {

    private static final int WARM_UP = 30_000;
    private static final int BATCHES = 20;
    private static final int BATCH = 1_000;

    /** Keeps the compiler from leaving out what nobody uses. */
    @SuppressWarnings("unused")
    private static volatile @Nullable Object result;

    private Allocation() {}

    /** The least of several batches, because a compiler that finishes during one only makes it more. */
    static long bytesPerCall(Supplier<?> call) {
        for (int i = 0; i < WARM_UP; i++) {
            result = call.get();
        }
        long least = Long.MAX_VALUE;
        for (int i = 0; i < BATCHES; i++) {
            least = Math.min(least, batch(call));
        }
        return least;
    }

    private static long batch(Supplier<?> call) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(self);
        for (int i = 0; i < BATCH; i++) {
            result = call.get();
        }
        return (threads.getThreadAllocatedBytes(self) - before) / BATCH;
    }
}
