package dev.dowel.remotemodel;

import java.util.Objects;

/**
 * An entity and which state of it this is.
 *
 * @param <T> the entity
 * @param entity what was read
 * @param etag the ETag it came with (RFC 9110), for {@link RemoteModel#ifMatch}
 */
public record Tagged<T>(T entity, String etag) {

    /**
     * Checks that nothing is null.
     *
     * @param entity what was read
     * @param etag the ETag it came with
     */
    public Tagged {
        Objects.requireNonNull(entity, "entity");
        Objects.requireNonNull(etag, "etag");
    }

    /** Returns the kind of the entity, without its content. */
    @Override
    public String toString() {
        return "Tagged[" + entity.getClass().getSimpleName() + "]";
    }
}
