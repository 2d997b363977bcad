package dev.dowel.messaging.internal;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Command;
import com.rabbitmq.client.TrafficListener;
import java.util.function.Consumer;

/**
 * Hears at once that the broker cancels a consumer. The consumer itself is told on the thread of its handler, and so not
 * while one is running, which may be for ever: RabbitMQ 4.3 cancels a consumer whose acknowledgement is overdue.
 *
 * @param cancelled is given the consumer's tag, on the connection's thread
 */
record CancelNotices(Consumer<String> cancelled) implements TrafficListener {
    @Override
    public void write(Command outbound) {
        // Only what the broker says matters here.
    }

    @Override
    public void read(Command inbound) {
        if (inbound.getMethod() instanceof AMQP.Basic.Cancel cancel) {
            cancelled.accept(cancel.getConsumerTag());
        }
    }
}
