package dev.dowel.messaging.internal;

import dev.dowel.messaging.Delivery;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.JsonCodec;
import dev.dowel.messaging.MessageHandler;
import dev.dowel.messaging.Version;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which handler a message goes to: one for all, or one for each event and major version. Immutable. */
public final class Handlers {
    private final @Nullable Entry<?> forAll;
    private final Map<Event, Entry<?>> byEvent;

    private Handlers(@Nullable Entry<?> forAll, Map<Event, Entry<?>> byEvent) {
        this.forAll = forAll;
        this.byEvent = Map.copyOf(byEvent);
    }

    /** A message's body, decoded for its handler. */
    interface Call {
        void run(Delivery delivery) throws Exception;
    }

    record Event(String name, int major) {
        static Event of(EventType<?> type) {
            return new Event(type.name(), type.version().major());
        }
    }

    record Entry<T>(Class<T> type, MessageHandler<T> handler) {
        Call decode(JsonCodec json, byte[] encoded) {
            T body = json.decode(encoded, type);
            return delivery -> handler.handle(body, delivery);
        }
    }

    static <T> Handlers forAll(Class<T> type, MessageHandler<T> handler) {
        return new Handlers(new Entry<>(type, handler), Map.of());
    }

    static Handlers byEvent(Map<Event, Entry<?>> entries) {
        return new Handlers(null, entries);
    }

    /** Returns the class that an event's body is decoded to. */
    Optional<Class<?>> body(String name, Version version) {
        return find(Optional.of(name), Optional.of(version)).<Class<?>>map(Entry::type);
    }

    Optional<Entry<?>> find(Optional<String> name, Optional<Version> version) {
        if (forAll != null) {
            return Optional.of(forAll);
        }
        return name.isPresent() && version.isPresent()
                ? Optional.ofNullable(
                        byEvent.get(new Event(name.get(), version.get().major())))
                : Optional.empty();
    }
}
