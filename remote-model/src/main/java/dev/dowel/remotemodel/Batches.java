package dev.dowel.remotemodel;

import dev.dowel.remotemodel.RemoteCallException.Outcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Many entities in few calls: what the request has read already is not asked for again. */
final class Batches<T, ID> {

    static final int DEFAULT_SIZE = 100;
    static final int MAX_SIZE = 1_000;

    private final Endpoint<T, ID> endpoint;
    private final BatchStyle style;
    private final Chunks chunks;

    Batches(Endpoint<T, ID> endpoint) {
        this.endpoint = endpoint;
        this.style = endpoint.options().batch;
        this.chunks = new Chunks(endpoint.urls().collection(), style);
    }

    Map<ID, T> getAll(Collection<ID> ids, Caller caller) {
        Map<String, ID> asked = asked(ids);
        Read<T> read = read(asked.keySet(), caller, true);
        Map<ID, T> found = found(asked, read);
        RemoteModelException failure = read.firstFailure;
        if (failure != null) {
            String message = "getAll of " + endpoint.options().entity + " found " + found.size() + " of " + asked.size()
                    + " and then failed: " + failure.text();
            throw new BatchException(message, found, failure);
        }
        return Collections.unmodifiableMap(found);
    }

    BatchResult<T, ID> tryGetAll(Collection<ID> ids, Caller caller) {
        Map<String, ID> asked = asked(ids);
        Read<T> read = read(asked.keySet(), caller, false);
        Set<ID> missing = new LinkedHashSet<>();
        Map<ID, RemoteModelException> failed = new LinkedHashMap<>();
        asked.forEach((text, id) -> {
            RemoteModelException failure = read.failed.get(text);
            if (failure != null) {
                failed.put(id, failure);
            } else if (!read.found.containsKey(text)) {
                missing.add(id);
            }
        });
        return new BatchResult<>(found(asked, read), missing, failed);
    }

    private Map<String, ID> asked(Collection<ID> ids) {
        Map<String, ID> asked = new LinkedHashMap<>();
        for (ID id : ids) {
            asked.putIfAbsent(endpoint.segment(id), id);
        }
        return asked;
    }

    private Map<ID, T> found(Map<String, ID> asked, Read<T> read) {
        Map<ID, T> inOrder = new LinkedHashMap<>();
        asked.forEach((text, id) -> {
            T entity = read.found.get(text);
            if (entity != null) {
                inOrder.put(id, entity);
            }
        });
        return inOrder;
    }

    private Read<T> read(Set<String> ids, Caller caller, boolean stopAtFailure) {
        Read<T> read = new Read<>();
        List<String> missing = notCached(ids, caller, read);
        if (missing.isEmpty() || (stopAtFailure && read.firstFailure != null)) {
            return read;
        }
        List<List<String>> parts = style == BatchStyle.NONE
                ? missing.stream().map(List::of).toList()
                : chunks.of(missing, endpoint.options().batchSize);
        requireIdOf();
        Map<Integer, ChunkRead<T>> ended = new ConcurrentHashMap<>();
        boolean all = runAll(parts, ended, caller, stopAtFailure);
        for (int i = 0; i < parts.size(); i++) {
            ChunkRead<T> part = ended.get(i);
            if (part != null) {
                read.add(part);
            } else if (!all) {
                read.add(new ChunkRead<>(Map.of(), Set.copyOf(parts.get(i)), interrupted()));
            }
        }
        return read;
    }

    private boolean runAll(
            List<List<String>> parts, Map<Integer, ChunkRead<T>> ended, Caller caller, boolean stopAtFailure) {
        List<Runnable> pieces = new ArrayList<>();
        SharedWork[] shared = new SharedWork[1];
        for (int i = 0; i < parts.size(); i++) {
            int number = i;
            pieces.add(() -> {
                ChunkRead<T> part = part(parts.get(number), caller);
                ended.put(number, part);
                if (part.failure() != null && stopAtFailure) {
                    shared[0].stop();
                }
            });
        }
        shared[0] = new SharedWork(pieces);
        UnaryOperator<Runnable> bind =
                work -> caller.context().map(context -> context.wrap(work)).orElse(work);
        return shared[0].run(endpoint.options().batchExecutor, bind);
    }

    private ChunkRead<T> part(List<String> ids, Caller caller) {
        return style == BatchStyle.NONE
                ? ChunkRead.single(endpoint, ids.get(0), caller)
                : ChunkRead.list(endpoint, chunks, ids, caller);
    }

    private List<String> notCached(Set<String> ids, Caller caller, Read<T> read) {
        List<String> missing = new ArrayList<>();
        for (String id : ids) {
            Reply hit = endpoint.items().peek(id, caller);
            // Single gets look again and are counted there.
            if (hit != null || style != BatchStyle.NONE) {
                endpoint.lookedUp(hit != null, caller);
            }
            if (hit == null) {
                missing.add(id);
            } else if (!hit.absent()) {
                read.add(decoded(id, hit, caller));
            }
        }
        return missing;
    }

    private ChunkRead<T> decoded(String id, Reply hit, Caller caller) {
        try {
            return new ChunkRead<>(Map.of(id, endpoint.entity(id, caller, hit)), Set.of(), null);
        } catch (RemoteDecodeException e) {
            return new ChunkRead<>(Map.of(), Set.of(id), e);
        }
    }

    private void requireIdOf() {
        if (style != BatchStyle.NONE && endpoint.options().idOf == null) {
            throw new IllegalStateException("getAll of " + endpoint.options().entity
                    + " needs to read ids from entities; set id(...) when building the model");
        }
    }

    private RemoteModelException interrupted() {
        return new RemoteCallException(
                "interrupted while others asked for a part of the " + endpoint.options().entity, Outcome.UNKNOWN, null);
    }

    /** What is known so far. */
    private static final class Read<T> {

        private final Map<String, T> found = new HashMap<>();
        private final Map<String, RemoteModelException> failed = new HashMap<>();
        private @Nullable RemoteModelException firstFailure;

        void add(ChunkRead<T> part) {
            found.putAll(part.found());
            RemoteModelException failure = part.failure();
            if (failure != null) {
                part.failed().forEach(id -> failed.put(id, failure));
                firstFailure = firstFailure == null ? failure : firstFailure;
            }
        }
    }
}
