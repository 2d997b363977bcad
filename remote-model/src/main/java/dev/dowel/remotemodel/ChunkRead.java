package dev.dowel.remotemodel;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What became of some ids that were asked for together.
 *
 * @param found by id as it stands in URLs
 * @param failed the ids of which nothing is known
 * @param failure why, null when none failed
 */
record ChunkRead<T>(
        Map<String, T> found, Set<String> failed, @Nullable RemoteModelException failure) {

    /** Asks for one list, to its last page; what came before a page failed is kept. */
    static <T, ID> ChunkRead<T> list(Endpoint<T, ID> endpoint, Chunks chunks, List<String> ids, Caller caller) {
        Ask ask = Ask.get(endpoint.scope(), Operation.GET_ALL, chunks.url(ids), caller);
        long generation = endpoint.items().generation(caller);
        Map<String, T> found = new HashMap<>();
        Set<String> missing = new HashSet<>(ids);
        boolean[] storable = {true};
        try {
            // Pages of one entity each, and one that is empty: more are not needed to answer.
            endpoint.listing().forEachPage(ask.url(), caller, ids.size() + 1, page -> {
                storable[0] &= page.reply().storable();
                Map<String, T> asked = asked(endpoint, ask, page.items(), Set.copyOf(ids));
                endpoint.items().storeAll(page.items(), page.reply(), generation, caller);
                found.putAll(asked);
                missing.removeAll(asked.keySet());
                return !missing.isEmpty();
            });
        } catch (RemoteModelException e) {
            return new ChunkRead<>(found, missing, e);
        }
        if (storable[0]) {
            missing.forEach(id -> endpoint.items().store(id, Reply.ABSENT, generation, caller));
        }
        return new ChunkRead<>(found, Set.of(), null);
    }

    private static <T, ID> Map<String, T> asked(Endpoint<T, ID> endpoint, Ask ask, List<T> items, Set<String> ids) {
        Map<String, T> asked = new HashMap<>();
        for (T entity : items) {
            String id = endpoint.items().idOf(entity);
            if (id == null) {
                throw new RemoteDecodeException(ask + " answered with an entity without an id that a URL can hold;"
                        + " check the model's id(...) and idPolicy(...)");
            }
            if (!ids.contains(id)) {
                throw new RemoteDecodeException(ask + " answered with an entity that was not asked for;"
                        + " check that the service filters as the batch style says");
            }
            asked.put(id, entity);
        }
        return asked;
    }

    /** Asks for one entity alone. */
    static <T, ID> ChunkRead<T> single(Endpoint<T, ID> endpoint, String id, Caller caller) {
        try {
            return new ChunkRead<>(
                    endpoint.findInBatch(id, caller)
                            .map(entity -> Map.of(id, entity))
                            .orElse(Map.of()),
                    Set.of(),
                    null);
        } catch (RemoteModelException e) {
            return new ChunkRead<>(Map.of(), Set.of(id), e);
        }
    }
}
