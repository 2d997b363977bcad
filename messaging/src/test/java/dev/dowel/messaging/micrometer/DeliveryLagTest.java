package dev.dowel.messaging.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.messaging.MessagingListener.Consumed;
import dev.dowel.messaging.MessagingListener.Result;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeliveryLagTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MicrometerMessagingListener listener = new MicrometerMessagingListener(registry);

    @Test
    void each_message_counts_once_however_often_it_is_given_back_and_retried() {
        listener.consumed(consumed(Result.GIVEN_BACK, 1, 2));
        listener.consumed(consumed(Result.GIVEN_BACK, 1, 3));
        listener.consumed(consumed(Result.RETRIED, 1, 4));
        listener.consumed(consumed(Result.HANDLED, 2, 5));

        assertThat(registry.get("messaging.delivery.lag").timer().count()).isEqualTo(1);
        assertThat(registry.get("messaging.delivery.lag").timer().totalTime(TimeUnit.SECONDS))
                .isEqualTo(4);
    }

    private static Consumed consumed(Result result, int attempt, long lagSeconds) {
        return new Consumed(
                "likes",
                "user.deleted",
                result,
                Duration.ofMillis(1),
                Optional.of(Duration.ofSeconds(lagSeconds)),
                attempt);
    }
}
