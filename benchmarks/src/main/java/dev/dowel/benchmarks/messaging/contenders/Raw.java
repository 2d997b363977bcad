package dev.dowel.benchmarks.messaging.contenders;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.time.Instant;
import java.util.Date;
import java.util.Map;

/** The bare client by hand. */
final class Raw {

    private static final AMQP.BasicProperties PLAIN = new AMQP.BasicProperties.Builder()
            .contentType("application/json")
            .deliveryMode(2)
            .build();

    private Raw() {}

    static Connection connect(Job job) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(job.uri());
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    /** A channel for each thread, which waits for each confirm. */
    static Outlet waiting(Job job) throws Exception {
        Connection connection = connect(job);
        return new Outlet() {
            @Override
            public Caller caller() throws IOException {
                Channel channel = connection.createChannel();
                channel.confirmSelect();
                return due -> {
                    channel.basicPublish(job.exchange(), Job.ROUTING_KEY, true, PLAIN, job.body());
                    channel.waitForConfirmsOrDie();
                    job.tally().done(due);
                };
            }

            @Override
            public void close() {
                connection.abort();
            }
        };
    }

    /** One channel with a window. */
    static Outlet windowed(Job job) throws Exception {
        return window(job, (window, due) -> window.publish(due, PLAIN, job.body()));
    }

    /** The same, with as much in each message as messaging puts there. */
    static Outlet withOurProperties(Job job) throws Exception {
        String id = "0192f0c1-2345-7000-8000-0123456789ab";
        return window(
                job,
                (window, due) -> window.publish(
                        due,
                        new AMQP.BasicProperties.Builder()
                                .messageId(id)
                                .type("bench.event")
                                .contentType("application/json")
                                .timestamp(Date.from(Instant.now()))
                                .appId("bench")
                                .deliveryMode(2)
                                .headers(Map.of("event-id", id, "message-version", "1.0.0"))
                                .build(),
                        job.body()));
    }

    /** The same as the plain one, encoding each. */
    static Outlet encoding(Job job) throws Exception {
        return window(job, (window, due) -> window.publish(due, PLAIN, Event.MAPPER.writeValueAsBytes(job.event())));
    }

    private interface Step {
        void publish(RawWindow window, long due) throws Exception;
    }

    private static Outlet window(Job job, Step step) throws Exception {
        Connection connection = connect(job);
        RawWindow window = RawWindow.open(connection, job);
        return new Outlet() {
            @Override
            public Caller caller() {
                return due -> step.publish(window, due);
            }

            @Override
            public void close() {
                connection.abort();
            }
        };
    }

    /** A channel for each consumer, which acknowledges each message. */
    static AutoCloseable consuming(Job job) throws Exception {
        Connection connection = connect(job);
        for (int i = 0; i < job.threads(); i++) {
            Channel channel = connection.createChannel();
            channel.basicQos(job.window());
            channel.basicConsume(job.queue(), false, new DefaultConsumer(channel) {
                @Override
                public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                        throws IOException {
                    channel.basicAck(envelope.getDeliveryTag(), false);
                    job.tally().done(0);
                }
            });
        }
        return connection::abort;
    }
}
