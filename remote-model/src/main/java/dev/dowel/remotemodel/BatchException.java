package dev.dowel.remotemodel;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A part of {@link RemoteModel#getAll} failed; the cause says how. What was found before is kept, and {@link
 * RemoteModel#tryGetAll} goes on instead.
 */
public final class BatchException extends RemoteModelException {

    private static final long serialVersionUID = 1L;

    /** What was found before, by id. */
    private final transient @Nullable Map<?, ?> found;

    /** What failed. */
    private final RemoteModelException failure;

    /**
     * Makes the exception.
     *
     * @param message what was asked and how much of it was found
     * @param found the entities found before, by id
     * @param failure what failed
     */
    public BatchException(String message, Map<?, ?> found, RemoteModelException failure) {
        this(message, found, failure, failure);
    }

    private BatchException(String message, Map<?, ?> found, RemoteModelException failure, RemoteModelException cause) {
        super(message, cause);
        this.found = Collections.unmodifiableMap(new LinkedHashMap<>(found));
        this.failure = failure;
    }

    /**
     * Returns what was found before.
     *
     * @return entities by id in the order of asking, unmodifiable; none after serialization
     */
    public Map<?, ?> found() {
        return found == null ? Map.of() : found;
    }

    /**
     * Returns what failed, with the outcome, status or Retry-After it has.
     *
     * @return the failure of the part that failed first
     */
    public RemoteModelException failure() {
        return failure;
    }

    @Override
    RemoteModelException copy() {
        return new BatchException(text(), found(), failure, this);
    }
}
