package dev.dowel.remotemodel;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The options of one model, as its builder sets them. */
final class ModelOptions<T, ID> {

    final RemoteService service;
    final String entity;
    final Class<T> type;
    final IdCodec<ID> ids;

    @Nullable
    Function<? super T, ? extends ID> idOf;

    @Nullable
    Executor batchExecutor;

    BatchStyle batch = BatchStyle.COMMA;
    int batchSize = Batches.DEFAULT_SIZE;
    IdPolicy idPolicy = IdPolicy.STRICT;
    boolean shareCachedInstances;
    boolean listItemsAreComplete;
    String patchMediaType = "application/merge-patch+json";
    Verbs verbs = Verbs.STANDARD;
    boolean echoOnNoContent;

    ModelOptions(RemoteService service, String entity, Class<T> type, IdCodec<ID> ids) {
        this.service = service;
        this.entity = entity;
        this.type = requireClosed(Objects.requireNonNull(type, "type"));
        this.ids = Objects.requireNonNull(ids, "ids");
    }

    /** Content of an open type would be read as maps and fail far from here; a map is meant to be open. */
    private static <T> Class<T> requireClosed(Class<T> type) {
        if (type.isPrimitive()) {
            throw new IllegalArgumentException(
                    "type " + type.getSimpleName() + " is a primitive, which no JSON is read as; give a class");
        }
        if (type.getTypeParameters().length > 0 && !Map.class.isAssignableFrom(type)) {
            throw new IllegalArgumentException("type " + type.getSimpleName()
                    + " leaves a type open, which a Class cannot tell; give a class that fixes it");
        }
        return type;
    }

    /** The options as they are now. */
    ModelOptions<T, ID> copy() {
        ModelOptions<T, ID> copy = new ModelOptions<>(service, entity, type, ids);
        copy.idOf = idOf;
        copy.batch = batch;
        copy.batchSize = batchSize;
        copy.batchExecutor = batchExecutor;
        copy.idPolicy = idPolicy;
        copy.shareCachedInstances = shareCachedInstances;
        copy.listItemsAreComplete = listItemsAreComplete;
        copy.patchMediaType = patchMediaType;
        copy.verbs = verbs;
        copy.echoOnNoContent = echoOnNoContent;
        return copy;
    }
}
