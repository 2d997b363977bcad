package dev.dowel.messaging;

import dev.dowel.messaging.internal.Headers;
import dev.dowel.messaging.internal.TimeOrderedId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One event in several majors, for the time in which old and new consumers run side by side: every message has its
 * own id, all have the same event id and the same key, so that they stay in order together. Forms of one major are
 * compatible: the newest does for all its consumers, and a queue that is bound to the major would get each. Immutable.
 */
public final class MessageSet {
    private final String eventId;
    private final List<Message<?>> messages;
    private final RouteRequirement route;
    private final @Nullable String key;

    private MessageSet(String eventId, @Nullable String key, List<Message<?>> messages, RouteRequirement route) {
        this.eventId = eventId;
        this.key = key;
        this.messages = messages;
        this.route = route;
    }

    /**
     * Starts a set with a fresh event id.
     *
     * @return an empty set
     */
    public static MessageSet create() {
        return of(TimeOrderedId.next());
    }

    /**
     * Starts a set.
     *
     * @param eventId the id that all its messages share, 1 to 64 characters
     * @return an empty set
     * @throws IllegalArgumentException if the id is empty or longer
     */
    public static MessageSet of(String eventId) {
        return new MessageSet(Headers.checkId(eventId), null, List.of(), RouteRequirement.ANY);
    }

    /**
     * Adds the event in one version.
     *
     * @param <T> the body's type
     * @param type the event and its version
     * @param body the body in that version
     * @return a copy with the message added
     * @throws IllegalArgumentException if the set has the event in the same major already
     */
    public <T> MessageSet add(EventType<T> type, T body) {
        return add(Message.of(type, body));
    }

    /**
     * Adds a message; its event id and route requirement become the set's. The set has one key: that of the first message
     * with one, unless {@link #key(String)} was called. A message without a key gets it, also one that was added before.
     *
     * @param message the message
     * @return a copy with the message added
     * @throws IllegalArgumentException if the set has the event in the same major already, or the message has another key
     *     than the set
     */
    public MessageSet add(Message<?> message) {
        Objects.requireNonNull(message, "message");
        String routingKey = message.type().routingKey();
        if (messages.stream().anyMatch(each -> sameMajor(each.type(), message.type()))) {
            throw new IllegalArgumentException("The set has " + message.type().name() + " in major "
                    + message.type().version().major() + " already, so " + routingKey
                    + " would come to the same consumers: add the newest form of each major only");
        }
        if (key != null && message.key().filter(own -> !own.equals(key)).isPresent()) {
            throw new IllegalArgumentException(routingKey + " has another key than the set: all forms of one event are"
                    + " about the same, so that they stay in order");
        }
        List<Message<?>> copy = new ArrayList<>(messages);
        copy.add(message.eventId(eventId).requireRoute(route));
        MessageSet longer = new MessageSet(eventId, key, List.copyOf(copy), route);
        return message.key().or(this::key).map(longer::key).orElse(longer);
    }

    private static boolean sameMajor(EventType<?> one, EventType<?> other) {
        return one.name().equals(other.name())
                && one.version().major() == other.version().major();
    }

    /**
     * Sets what all messages of the set are about.
     *
     * @param newKey 1 to 255 characters
     * @return a copy in which every message has the key, also one that is added later
     * @throws IllegalArgumentException if the key is empty or longer
     */
    public MessageSet key(String newKey) {
        List<Message<?>> copy = new ArrayList<>();
        messages.forEach(message -> copy.add(message.key(newKey)));
        return new MessageSet(eventId, Message.checkKey(newKey), List.copyOf(copy), route);
    }

    /**
     * Says how many of the messages must reach a queue.
     *
     * @param requirement {@code ANY} is the default
     * @return a copy with the requirement
     */
    public MessageSet requireRoute(RouteRequirement requirement) {
        Objects.requireNonNull(requirement, "requirement");
        List<Message<?>> copy = new ArrayList<>();
        messages.forEach(message -> copy.add(message.requireRoute(requirement)));
        return new MessageSet(eventId, key, List.copyOf(copy), requirement);
    }

    /**
     * Returns the id that all messages share.
     *
     * @return the event id
     */
    public String eventId() {
        return eventId;
    }

    /**
     * Returns what all messages are about.
     *
     * @return the key, or empty when none was set
     */
    public Optional<String> key() {
        return Optional.ofNullable(key);
    }

    /**
     * Returns the messages in the order they were added.
     *
     * @return an immutable list
     */
    public List<Message<?>> messages() {
        return messages;
    }

    /**
     * Returns how many of the messages must reach a queue.
     *
     * @return the requirement
     */
    public RouteRequirement route() {
        return route;
    }

    /** Returns the event id and the number of messages. */
    @Override
    public String toString() {
        return "MessageSet[" + eventId + ", " + messages.size() + " messages]";
    }
}
