package dev.dowel.messaging;

import dev.dowel.messaging.internal.EventName;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Objects;
import java.util.Optional;

/**
 * One event in one version: its name, its version and the Java type of its body. The routing key is the name followed
 * by the three numbers of the version, so a consumer can bind to one version or to a range of them.
 *
 * @param <T> the body's type
 * @param name one or more words of {@code [a-z][a-z0-9-]*} separated by dots; never purely numeric words
 * @param version the version of the body's form
 * @param body the class that the body is encoded from and decoded to
 * @param sunset the first day, in UTC, on which it is no longer published; empty unless it is deprecated
 */
public record EventType<T>(String name, Version version, Class<T> body, Optional<LocalDate> sunset) {
    private static final int ROUTING_KEY_LIMIT = 255;

    /**
     * Checks the name.
     *
     * @param name one or more words of {@code [a-z][a-z0-9-]*} separated by dots; never purely numeric words
     * @param version the version of the body's form
     * @param body the class that the body is encoded from and decoded to
     * @param sunset the first day, in UTC, on which it is no longer published; empty unless it is deprecated
     * @throws IllegalArgumentException if the name has another form or the routing key would exceed 255 bytes
     */
    public EventType {
        EventName.check(name);
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(body, "body");
        Objects.requireNonNull(sunset, "sunset");
        if (routingKey(name, version).getBytes(StandardCharsets.UTF_8).length > ROUTING_KEY_LIMIT) {
            throw new IllegalArgumentException("The routing key of an event is at most 255 bytes");
        }
    }

    /**
     * Names an event.
     *
     * @param <T> the body's type
     * @param name the words of the name, such as {@code user.deleted}
     * @param version the version, such as {@code 1.0.0}
     * @param body the class of the body
     * @return the event type
     * @throws IllegalArgumentException if the name or the version has another form
     */
    public static <T> EventType<T> of(String name, String version, Class<T> body) {
        return new EventType<>(name, Version.parse(version), body, Optional.empty());
    }

    /**
     * Announces the end of this version. What is published with the copy says so in the header {@code message-sunset}; a
     * consumer of this library logs that once, and so does a publisher that goes on after the end. Nothing is refused.
     *
     * @param end the first day, in UTC, on which it is no longer published
     * @return a copy that is deprecated
     */
    public EventType<T> deprecated(LocalDate end) {
        return new EventType<>(name, version, body, Optional.of(end));
    }

    /**
     * Returns the key this event is published with, such as {@code user.deleted.1.0.0}.
     *
     * @return the routing key, at most 255 bytes
     */
    public String routingKey() {
        return routingKey(name, version);
    }

    private static String routingKey(String name, Version version) {
        return name + "." + version;
    }
}
