package dev.dowel.messaging;

import java.time.Duration;
import java.util.Map;

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
 *             .handler(UserDeleted.class, (user, delivery) -> likes.forget(user.id()));
 *     messaging.publisher("events").publishAndWait(Message.of(deleted, new UserDeleted(7)));
 * }
 * }</pre>
 */
public interface Messaging extends AutoCloseable {
    /**
     * Builds from {@code RABBITMQ_URI}, or from {@code RABBITMQ_HOST}, {@code RABBITMQ_PORT}, {@code RABBITMQ_USERNAME},
     * {@code RABBITMQ_PASSWORD} and {@code RABBITMQ_VHOST}.
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
     * @param exchange a topic exchange, declared durable if it does not exist; 1 to 255 bytes in UTF-8
     * @return the publisher
     * @throws IllegalArgumentException if the name is empty or longer
     */
    Publisher publisher(String exchange);

    /**
     * Starts to build a subscription.
     *
     * @param queue the queue's name, such as {@code likes.user-deleted}; declared with its retry and parking queues
     * @return a builder
     */
    SubscriptionBuilder subscribe(String queue);

    /**
     * Returns the state of connections and consumers.
     *
     * @return a snapshot
     */
    MessagingHealth health();

    /**
     * Calls back each time a connection that can publish is there, or there again, on a thread of the library's.
     *
     * @param callback must return quickly
     */
    void onConnected(Runnable callback);

    /**
     * Returns the codec that bodies go through.
     *
     * @return the codec
     */
    JsonCodec json();

    /** Stops subscriptions gracefully, fails what is unconfirmed and closes the connections, within 30 seconds. */
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
         * Sets how long a publication may wait for a place in the window, and then for its confirm.
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
         * Builds.
         *
         * @return messaging that is not started
         */
        Messaging build();
    }
}
