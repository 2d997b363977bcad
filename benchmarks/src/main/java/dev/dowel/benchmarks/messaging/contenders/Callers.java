package dev.dowel.benchmarks.messaging.contenders;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Threads that publish until it is over. */
@SuppressWarnings("try") // Whoever interrupts the closing wants it to end.
final class Callers implements AutoCloseable {

    private static final long PATIENCE = TimeUnit.SECONDS.toMillis(5);

    private final Outlet outlet;
    private final List<Thread> threads = new ArrayList<>();

    Callers(Outlet outlet, Job job) throws Exception {
        this.outlet = outlet;
        for (int i = 0; i < job.threads(); i++) {
            Outlet.Caller caller = outlet.caller();
            Thread thread = new Thread(() -> publish(caller, job), "caller " + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    private static void publish(Outlet.Caller caller, Job job) {
        try {
            if (job.rate() > 0) {
                keepToSchedule(caller, job);
            } else {
                while (!job.tally().over()) {
                    caller.publish(System.nanoTime());
                }
            }
        } catch (Exception e) {
            job.tally().failed(e);
        }
    }

    /** Who is late publishes at once, and its latency counts from when it was due: nothing is left out. */
    private static void keepToSchedule(Outlet.Caller caller, Job job) throws Exception {
        double between = 1e9 / job.rate();
        long start = System.nanoTime();
        for (long i = 0; !job.tally().over(); i++) {
            long due = start + (long) (i * between);
            long early = due - System.nanoTime();
            while (early > 0) {
                LockSupport.parkNanos(early);
                early = due - System.nanoTime();
            }
            caller.publish(due);
        }
    }

    /** Waits for the threads, then closes the connection. */
    @Override
    public void close() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(PATIENCE);
            thread.interrupt();
        }
        outlet.close();
    }
}
