package dev.dowel.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.ConnectionFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SupervisedConnectionTest {
    @Test
    void once_start_has_returned_nobody_is_told_to_call_start_first() {
        List<ConnectionState> seen = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            try (SupervisedConnection connection = new SupervisedConnection(
                    "test", new ConnectionFactory(), BrokerAddress.parse("amqp://u:p@127.0.0.1:1"), () -> {})) {
                connection.start();
                seen.add(connection.state());
            }
        }
        assertThat(seen).doesNotContain(ConnectionState.NEW);
    }
}
