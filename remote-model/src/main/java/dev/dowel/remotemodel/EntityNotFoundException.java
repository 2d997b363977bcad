package dev.dowel.remotemodel;

import org.jspecify.annotations.Nullable;

/** There is no entity with the id asked for. */
public final class EntityNotFoundException extends RemoteModelException {

    private static final long serialVersionUID = 1L;

    /** The name of the entity in the URL. */
    private final String entity;

    /** The id as it stands in the URL. */
    private final String id;

    /**
     * Makes the exception.
     *
     * @param entity the name of the entity in the URL, such as {@code users}
     * @param id the id as it stands in the URL
     */
    public EntityNotFoundException(String entity, String id) {
        this(entity, id, null);
    }

    private EntityNotFoundException(String entity, String id, @Nullable Throwable cause) {
        super(entity + " has no entity with id " + id, cause);
        this.entity = entity;
        this.id = id;
    }

    /**
     * Returns the name of the entity.
     *
     * @return the name in the URL
     */
    public String entity() {
        return entity;
    }

    /**
     * Returns the id asked for.
     *
     * @return the id as it stands in the URL
     */
    public String id() {
        return id;
    }

    @Override
    RemoteModelException copy() {
        return new EntityNotFoundException(entity, id, this);
    }
}
