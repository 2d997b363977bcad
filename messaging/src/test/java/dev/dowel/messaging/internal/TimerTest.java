package dev.dowel.messaging.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimerTest {
    @Test
    void a_task_that_throws_an_error_runs_again_and_so_do_the_others() throws Exception {
        CountDownLatch failed = new CountDownLatch(3);
        CountDownLatch ran = new CountDownLatch(3);
        try (Timer timer = new Timer(Thread::new)) {
            timer.every(Duration.ofMillis(1), () -> {
                failed.countDown();
                throw new StackOverflowError();
            });
            timer.every(Duration.ofMillis(1), ran::countDown);

            assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }
}
