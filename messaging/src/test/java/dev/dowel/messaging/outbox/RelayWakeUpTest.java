package dev.dowel.messaging.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.messaging.testing.InMemoryMessaging;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RelayWakeUpTest {
    @Test
    void an_instance_that_never_relays_keeps_no_count_of_its_transactions() {
        Duration any = Duration.ofSeconds(1);
        try (InMemoryMessaging messaging = new InMemoryMessaging();
                Relay relay = new Relay(
                        TestDatabase.H2.fresh(), messaging, new RelayOptions(500, any, any, any, List.of()))) {
            for (int i = 0; i < 1_000; i++) {
                relay.wake();
            }
            assertThat(relay.wakeUps()).isEqualTo(1);
        }
    }
}
