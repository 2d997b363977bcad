package dev.dowel.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How much a call allocates on the calling thread: the same on a busy machine as on an idle one, without JMH. To the byte with {@code -Xbatch}. */
public final class Allocation {

    private static final int BATCH = 1_000;
    private static final int WARM_UP = 30;
    private static final int ENOUGH = 20;

    /** Keeps the compiler from leaving out what nobody uses. */
    @SuppressWarnings("unused")
    private static volatile @Nullable Object result;

    private Allocation() {}

    /** The least of many batches, until twenty brought nothing less: a compiler that is still at work only makes it more. */
    public static long bytesPerCall(Supplier<?> call) {
        for (int i = 0; i < WARM_UP; i++) {
            batch(call);
        }
        long least = batch(call);
        for (int since = 0; since < ENOUGH; since++) {
            long bytes = batch(call);
            if (bytes < least) {
                least = bytes;
                since = 0;
            }
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
