package dev.dowel.remotemodel;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the request holds of single entities that came in lists. */
final class Items<T, ID> {

    private final Endpoint<T, ID> endpoint;

    Items(Endpoint<T, ID> endpoint) {
        this.endpoint = endpoint;
    }

    /** To be asked before a read is sent, and given back when what came is stored. */
    long generation(Caller caller) {
        return caller.context()
                .map(context -> context.cache().generation(endpoint.scope()))
                .orElse(0L);
    }

    /** What was read before, unless the caller wants what the provider has now. */
    @Nullable
    Reply peek(String id, Caller caller) {
        return caller.context()
                .filter(context -> !caller.fresh())
                .map(context -> context.cache().peek(endpoint.key(true, id, caller)))
                .orElse(null);
    }

    void store(String id, Reply reply, long generation, Caller caller) {
        caller.context().ifPresent(context -> context.cache().store(endpoint.key(true, id, caller), reply, generation));
    }

    /** Stores each entity of a list under its id, as it stands in the list byte for byte. */
    void storeAll(List<T> items, Reply list, long generation, Caller caller) {
        if (caller.context().isEmpty() || !list.storable()) {
            return;
        }
        List<byte[]> texts = JsonItems.of(list.body());
        if (texts.size() != items.size()) {
            return;
        }
        for (int i = 0; i < items.size(); i++) {
            T entity = items.get(i);
            String id = idOf(entity);
            if (id != null) {
                Reply reply = Reply.of(texts.get(i));
                if (endpoint.shares(caller)) {
                    reply.decodedOnce(endpoint, () -> entity);
                }
                store(id, reply, generation, caller);
            }
        }
    }

    /** The id of an entity that was read, as it stands in URLs; null when it has none or one that no URL can hold. */
    @Nullable
    String idOf(T entity) {
        Function<? super T, ? extends @Nullable ID> idOf = endpoint.options().idOf;
        @Nullable ID id = idOf == null ? null : idOf.apply(entity);
        try {
            return id == null ? null : endpoint.segment(id);
        } catch (IllegalArgumentException refused) {
            return null;
        }
    }
}
