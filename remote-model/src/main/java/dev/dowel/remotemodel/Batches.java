package dev.dowel.remotemodel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import okhttp3.HttpUrl;

/** Many entities in few calls: what the request has read already is not asked for again. */
final class Batches<T, ID> {

    static final int MAX_IDS = 100;
    static final int MAX_URL = 6_000;

    private final Endpoint<T, ID> endpoint;

    Batches(Endpoint<T, ID> endpoint) {
        this.endpoint = endpoint;
    }

    Map<ID, T> getAll(Collection<ID> ids, Caller caller) {
        Map<String, ID> asked = new LinkedHashMap<>();
        for (ID id : ids) {
            asked.putIfAbsent(endpoint.segment(id), id);
        }
        Map<String, T> found = new HashMap<>();
        if (endpoint.options().batch == BatchStyle.NONE) {
            asked.keySet().forEach(id -> endpoint.find(id, caller).ifPresent(entity -> found.put(id, entity)));
        } else {
            for (List<String> chunk : chunks(notCached(asked.keySet(), caller, found))) {
                fetch(chunk, caller, found);
            }
        }
        Map<ID, T> inOrder = new LinkedHashMap<>();
        asked.forEach((text, id) -> {
            T entity = found.get(text);
            if (entity != null) {
                inOrder.put(id, entity);
            }
        });
        return Collections.unmodifiableMap(inOrder);
    }

    private List<String> notCached(Set<String> ids, Caller caller, Map<String, T> found) {
        List<String> missing = new ArrayList<>();
        for (String id : ids) {
            Reply hit = caller.context()
                    .filter(context -> !caller.fresh())
                    .map(context -> context.cache().peek(endpoint.key(true, id, caller)))
                    .orElse(null);
            if (hit == null) {
                missing.add(id);
            } else if (!hit.absent()) {
                found.put(
                        id,
                        endpoint.entity(
                                Ask.get(
                                        endpoint.scope(),
                                        Operation.GET_ALL,
                                        endpoint.urls().item(id),
                                        caller),
                                hit.body()));
            }
        }
        return missing;
    }

    private List<List<String>> chunks(List<String> ids) {
        List<List<String>> chunks = new ArrayList<>();
        List<String> chunk = new ArrayList<>();
        for (String id : ids) {
            if (endpoint.options().batch == BatchStyle.COMMA && id.indexOf(',') >= 0) {
                throw new IllegalArgumentException("an id with a comma cannot be asked for with BatchStyle.COMMA");
            }
            chunk.add(id);
            if (chunk.size() > 1
                    && (chunk.size() > MAX_IDS || url(chunk).toString().length() > MAX_URL)) {
                chunk.remove(chunk.size() - 1);
                chunks.add(chunk);
                chunk = new ArrayList<>(List.of(id));
            }
        }
        if (!chunk.isEmpty()) {
            chunks.add(chunk);
        }
        return chunks;
    }

    private HttpUrl url(List<String> chunk) {
        HttpUrl.Builder url = endpoint.urls().collection().newBuilder();
        if (endpoint.options().batch == BatchStyle.COMMA) {
            return url.addQueryParameter("id__in", String.join(",", chunk)).build();
        }
        chunk.forEach(id -> url.addQueryParameter("id", id));
        return url.build();
    }

    private void fetch(List<String> chunk, Caller caller, Map<String, T> found) {
        Function<? super T, ? extends ID> idOf = endpoint.options().idOf;
        if (idOf == null) {
            throw new IllegalStateException("getAll of " + endpoint.options().entity
                    + " needs to read ids from entities; set id(...) when building the model");
        }
        HttpUrl url = url(chunk);
        Ask ask = Ask.get(endpoint.scope(), Operation.GET_ALL, url, caller);
        long generation = caller.context()
                .map(context -> context.cache().generation(endpoint.scope()))
                .orElse(0L);
        Set<String> missing = new LinkedHashSet<>(chunk);
        boolean storable = true;
        for (Listing.Content<T> page : endpoint.listing().readAll(url, caller)) {
            boolean pageStorable = page.answer().toReply().storable();
            storable &= pageStorable;
            List<byte[]> texts = caller.context().isPresent() && pageStorable
                    ? JsonItems.of(page.answer().body())
                    : List.of();
            for (int i = 0; i < page.items().size(); i++) {
                T entity = page.items().get(i);
                String id = endpoint.segment(
                        Objects.requireNonNull(idOf.apply(entity), "the id of an entity that was read"));
                if (!chunk.contains(id)) {
                    throw new RemoteDecodeException(ask + " answered with an entity that was not asked for;"
                            + " check that the service filters as the batch style says");
                }
                missing.remove(id);
                found.put(id, entity);
                if (texts.size() == page.items().size()) {
                    store(id, Reply.of(texts.get(i)), generation, caller);
                }
            }
        }
        if (storable) {
            missing.forEach(id -> store(id, Reply.ABSENT, generation, caller));
        }
    }

    private void store(String id, Reply reply, long generation, Caller caller) {
        caller.context().ifPresent(context -> context.cache().store(endpoint.key(true, id, caller), reply, generation));
    }
}
