package dev.dowel.benchmarks.outbox;

import dev.dowel.benchmarks.messaging.contenders.Tally;
import dev.dowel.benchmarks.outbox.contenders.Relaying;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/** Threads that store events on a fixed schedule, one in each transaction. */
final class Inserters implements AutoCloseable {

    private static final int THREADS = 8;
    private static final long PATIENCE = TimeUnit.SECONDS.toMillis(10);

    private final Relaying relaying;
    private final int size;
    private final double between;
    private final Tally stored;
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicLongArray committed;
    private final List<Thread> threads = new ArrayList<>();

    /**
     * Begins to store.
     *
     * @param rate how many events a second; who is late does not wait
     * @param committed gets when the transaction of each event was about to commit
     * @param stored counts them
     */
    Inserters(Relaying relaying, int size, int rate, AtomicLongArray committed, Tally stored) {
        this.relaying = relaying;
        this.size = size;
        this.between = 1e9 / rate;
        this.stored = stored;
        this.committed = committed;
        long start = System.nanoTime();
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(() -> store(start), "inserter " + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    private void store(long start) {
        try {
            while (!stored.over()) {
                int number = numbers.getAndIncrement();
                long due = start + (long) (number * between);
                for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
                    LockSupport.parkNanos(early);
                }
                relaying.store(
                        new byte[][] {NumberedBody.of(number, size)}, () -> committed.set(number, System.nanoTime()));
                stored.done(due);
            }
        } catch (Exception e) {
            stored.failed(e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        stored.end();
        for (Thread thread : threads) {
            thread.join(PATIENCE);
        }
    }
}
