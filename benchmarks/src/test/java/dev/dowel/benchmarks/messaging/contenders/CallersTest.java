package dev.dowel.benchmarks.messaging.contenders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // What is to end it only needs to be closed.
class CallersTest {

    private static final long STALL = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long BETWEEN = TimeUnit.MILLISECONDS.toNanos(1);

    private final Tally tally = new Tally();

    @Test
    void what_comes_late_because_another_took_long_has_waited_since_it_was_due() throws Exception {
        BlockingQueue<Long> late = new LinkedBlockingQueue<>();
        try (Callers callers = new Callers(
                        outlet(due -> {
                            long stalled = due + STALL;
                            while (late.isEmpty() && System.nanoTime() < stalled) {
                                LockSupport.parkNanos(stalled - System.nanoTime());
                            }
                            late.add(System.nanoTime() - due);
                        }),
                        job(1_000));
                AutoCloseable enough = tally::end) {
            long first = late.take();
            long second = late.take();

            assertThat(first).isGreaterThanOrEqualTo(STALL);
            assertThat(second).isGreaterThanOrEqualTo(STALL - BETWEEN);
        }
    }

    @Test
    void a_caller_that_fails_makes_the_measurement_fail() throws Exception {
        try (Callers callers = new Callers(
                        outlet(due -> {
                            throw new IllegalStateException("refused");
                        }),
                        job(0));
                AutoCloseable enough = tally::end) {
            assertThatThrownBy(() -> tally.failure().get(10, TimeUnit.SECONDS)).hasMessageContaining("refused");
        }
    }

    @Test
    void what_fails_after_the_end_is_nobodys_concern() {
        tally.end();
        tally.failed(new IllegalStateException("closed"));

        assertThat(tally.failure()).isNotDone();
    }

    @Test
    void latencies_are_kept_from_when_they_are_asked_for_and_sorted() {
        tally.done(System.nanoTime());
        assertThat(tally.latencies()).isEmpty();
        tally.recordLatencies();
        tally.done(2, new long[] {7, 3});

        assertThat(tally.count()).isEqualTo(3);
        assertThat(tally.latencies()).containsExactly(3, 7);
    }

    private Job job(double rate) {
        return new Job(URI.create("amqp://nowhere"), "e", "q", Event.ofSize(200), new byte[0], 1, 1, rate, tally);
    }

    private static Outlet outlet(Outlet.Caller caller) {
        return new Outlet() {
            @Override
            public Caller caller() {
                return caller;
            }

            @Override
            public void close() {}
        };
    }
}
