package dev.dowel.messaging;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One event in several versions, for the time in which old and new consumers run side by side: every message has its
 * own id, all have the same event id. Immutable.
 */
public final class MessageSet {
    private final String eventId;
    private final List<Message<?>> messages;
    private final RouteRequirement route;

    private MessageSet(String eventId, List<Message<?>> messages, RouteRequirement route) {
        this.eventId = eventId;
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
        return new MessageSet(Headers.checkId(eventId), List.of(), RouteRequirement.ANY);
    }

    /**
     * Adds the event in one version.
     *
     * @param <T> the body's type
     * @param type the event and its version
     * @param body the body in that version
     * @return a copy with the message added
     */
    public <T> MessageSet add(EventType<T> type, T body) {
        return add(Message.of(type, body));
    }

    /**
     * Adds a message; its event id and route requirement become the set's.
     *
     * @param message the message
     * @return a copy with the message added
     * @throws IllegalArgumentException if the set has a message with the same routing key already
     */
    public MessageSet add(Message<?> message) {
        Objects.requireNonNull(message, "message");
        if (messages.stream()
                .anyMatch(m -> m.type().routingKey().equals(message.type().routingKey()))) {
            throw new IllegalArgumentException(
                    "The set has " + message.type().routingKey() + " already; each version goes in once");
        }
        List<Message<?>> copy = new ArrayList<>(messages);
        copy.add(message.eventId(eventId).requireRoute(route));
        return new MessageSet(eventId, List.copyOf(copy), route);
    }

    /**
     * Sets what all messages of the set are about.
     *
     * @param key 1 to 255 characters
     * @return a copy in which every message has the key; messages added later do not
     */
    public MessageSet key(String key) {
        List<Message<?>> copy = new ArrayList<>();
        messages.forEach(message -> copy.add(message.key(key)));
        return new MessageSet(eventId, List.copyOf(copy), route);
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
        return new MessageSet(eventId, List.copyOf(copy), requirement);
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
