package dev.dowel.messaging;

import dev.dowel.messaging.internal.RabbitMessagingBuilder;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;

/**
 * The way to a RabbitMQ broker: one connection that publishes and one that consumes, supervised by the library. Safe for
 * use by several threads.
 *
 * <pre>{@code
 * EventType<UserDeleted> deleted = EventType.of("user.deleted", "1.0.0", UserDeleted.class);
 * try (Messaging messaging = Messaging.fromEnvironment()) {
 *     messaging.start();
 *     messaging.subscribe("likes.user-deleted")
 *             .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
 *             .handler(UserDeleted.class, (user, delivery) -> likes.forget(user.id()))
 *             .awaitActive(Duration.ofSeconds(30));
 *     messaging.publisher("events").publishAndWait(Message.of(deleted, new UserDeleted(7)));
 * }
 * }</pre>
 */
public interface Messaging extends AutoCloseable {
    /**
     * Builds from {@code RABBITMQ_URI}, or from {@code RABBITMQ_HOST}, {@code RABBITMQ_PORT}, {@code RABBITMQ_USERNAME},
     * {@code RABBITMQ_PASSWORD} and {@code RABBITMQ_VHOST}. Of a port such as {@code tcp://10.0.0.1:5672}, which Kubernetes
     * sets where a service is named rabbitmq, only the number counts.
     *
     * @return messaging that is not started
     * @throws IllegalArgumentException if a variable is missing or wrong; names the variable, never the password
     */
    static Messaging fromEnvironment() {
        return builder().environment(System.getenv()).build();
    }

    /**
     * Starts to build.
     *
     * @return a builder for {@code amqp://guest:guest@localhost} unless told otherwise
     */
    static Builder builder() {
        return new RabbitMessagingBuilder();
    }

    /** Starts to connect in the background. Does not throw when the broker is away. Does nothing the second time. */
    void start();

    /**
     * Waits until there is a connection.
     *
     * @param timeout how long to wait at most
     * @return false if there was none in time, or the thread was interrupted (the flag stays set)
     */
    boolean awaitConnected(Duration timeout);

    /**
     * Returns the publisher of an exchange, the same one each time.
     *
     * @param exchange a topic exchange, declared durable if it does not exist, unless {@link TopologyMode} says otherwise;
     *     1 to 255 bytes in UTF-8
     * @return the publisher
     * @throws IllegalArgumentException if the name is empty or longer
     */
    Publisher publisher(String exchange);

    /**
     * Starts to build a subscription.
     *
     * @param queue the queue's name, such as {@code likes.user-deleted}; declared with its retry and parking queues
     *     unless {@link TopologyMode} says otherwise
     * @return a builder
     */
    SubscriptionBuilder subscribe(String queue);

    /**
     * Returns the parking lot of a subscription, which need not run here.
     *
     * @param queue the subscription's queue
     * @return the messages it could not handle
     */
    ParkingLot parkingLot(String queue);

    /**
     * Returns what this service publishes, as declared, and what it consumes. Does not ask the broker.
     *
     * @return a snapshot
     */
    Contract contract();

    /**
     * Returns the state of connections, consumers and parked messages. Does not ask the broker, so it never blocks.
     *
     * @return a snapshot
     */
    MessagingHealth health();

    /**
     * Returns how long a publication may wait to be sent, and then for its confirm.
     *
     * @return what {@link Builder#publishTimeout} was set to; 10 seconds in an implementation that has no such limit
     */
    default Duration publishTimeout() {
        return Duration.ofSeconds(10);
    }

    /**
     * Calls back each time a connection that can publish is there, or there again, on a thread of the library's for these
     * callbacks alone.
     *
     * @param callback must return quickly: others wait for it
     */
    void onConnected(Runnable callback);

    /**
     * Returns the codec that bodies go through.
     *
     * @return the codec
     */
    JsonCodec json();

    /**
     * Stops subscriptions gracefully, fails what is unconfirmed and closes the connections, within 30 seconds. A handler
     * may call it: then it returns at once and the rest goes on in the background, with that handler's own message settled
     * as ever.
     */
    @Override
    void close();

    /** Collects options. For one thread. */
    interface Builder {
        /**
         * Sets where the broker is.
         *
         * @param uri {@code amqp://user:password@host1:5672,host2:5672/vhost}, or {@code amqps://}
         * @return this builder
         * @throws IllegalArgumentException if it is no such URI; the message never holds it
         */
        Builder uri(String uri);

        /**
         * Reads the variables that {@link Messaging#fromEnvironment()} names.
         *
         * @param variables names and values
         * @return this builder
         * @throws IllegalArgumentException if a variable is missing or wrong; names it, never the password
         */
        Builder environment(Map<String, String> variables);

        /**
         * Sets what connections of {@code amqps://} trust, and the client certificate they show if the broker demands one.
         * The host's name is always compared with the broker's certificate.
         *
         * @param context default {@link SSLContext#getDefault()}: the JVM's trust store and system properties
         * @return this builder
         */
        Builder tls(SSLContext context);

        /**
         * Sets how often each side says that it is alive. A connection that is silent for twice as long is replaced.
         *
         * @param interval 1 s to 5 minutes, in whole seconds; default 15 s
         * @return this builder
         * @throws IllegalArgumentException if it is anything else
         */
        Builder heartbeat(Duration interval);

        /**
         * Sets whether exchanges, queues and bindings are declared, checked or left alone.
         *
         * @param mode default {@link TopologyMode#DECLARE}
         * @return this builder
         */
        Builder topology(TopologyMode mode);

        /**
         * Sets the name the broker shows for the connections, and the {@code app-id} of messages.
         *
         * @param name such as the service's name; default {@code dowel}
         * @return this builder
         */
        Builder connectionName(String name);

        /**
         * Sets how bodies become JSON.
         *
         * @param codec default {@link JsonCodec#jackson2()}
         * @return this builder
         */
        Builder json(JsonCodec codec);

        /**
         * Sets how long a publication may wait to be sent, and then for its confirm. A write that hangs for so long, and for
         * at least a second, costs the connection.
         *
         * @param timeout 1 ms to 10 minutes; default 10 s
         * @return this builder
         */
        Builder publishTimeout(Duration timeout);

        /**
         * Sets the largest encoded body.
         *
         * @param bytes 1 to 16,777,216; default 1,048,576
         * @return this builder
         */
        Builder maxBodySize(int bytes);

        /**
         * Sets over how many channels messages are published at once, each with a window of its own of 1,000 unconfirmed
         * messages and 8 MiB. Messages with the same {@link Message#key(String) key} take the same channel, so what one
         * thread publishes about one key stays in order; messages without a key take any.
         *
         * @param lanes 1 to 16; default 1
         * @return this builder
         * @throws IllegalArgumentException if the number is out of range
         */
        Builder publishLanes(int lanes);

        /**
         * Sets how often a message with an unknown outcome ({@code CONNECTION_LOST}, {@code TIMEOUT}) is published again,
         * with the same message id, so a consumer needs an inbox to see it once. Each time waits at most the publish
         * timeout for a connection, then for the confirm. If none brings a confirm the outcome stays unknown. A message
         * that is published again may come after its followers. What a relay publishes
         * ({@link Publisher#publish(EncodedMessage)}) is left to the relay.
         *
         * @param times 0 to 10; default 0: nothing is published twice by the library
         * @return this builder
         * @throws IllegalArgumentException if the number is out of range
         */
        Builder retryUnknown(int times);

        /**
         * Declares events that this service publishes, for {@link Messaging#contract()} and what is made of it. Nothing is
         * made on the broker, and publishing what was not declared is allowed. May be called several times.
         *
         * @param exchange where they are published; 1 to 255 bytes in UTF-8
         * @param types the events in all their versions, deprecated ones included
         * @return this builder
         * @throws IllegalArgumentException if the name is empty or longer, or an event is declared twice in one version
         */
        Builder publishes(String exchange, EventType<?>... types);

        /**
         * Adds somebody who hears what happens. May be called several times.
         *
         * @param listener such as the one of the package {@code .micrometer}
         * @return this builder
         */
        Builder listener(MessagingListener listener);

        /**
         * Sets what carries traces over messages.
         *
         * @param context default none: a {@code traceparent} is a header as any other
         * @return this builder
         */
        Builder traceContext(TraceContext context);

        /**
         * Builds.
         *
         * @return messaging that is not started
         * @throws IllegalStateException if {@link #tls} is set for an address without TLS
         */
        Messaging build();
    }
}
