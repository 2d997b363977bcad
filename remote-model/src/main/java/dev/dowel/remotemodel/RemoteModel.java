package dev.dowel.remotemodel;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The entities of one kind of another service, over HTTP.
 *
 * <p>Each call uses the {@link RequestContext} of the calling thread, or the one of {@link #in}. With one, what was read is
 * kept for the rest of that request, apart for each identity; threads that ask for the same at the same time share one
 * call; and a write drops what it may have changed. Without one, calls go straight through.
 *
 * <p>Make it with {@link RemoteService#model}, or extend it to give it a name and methods of its own. Instances are safe
 * for use by several threads.
 *
 * @param <T> the entity
 * @param <ID> its identifier
 */
public class RemoteModel<T, ID> implements Repository<T, ID> {

    private final Endpoint<T, ID> endpoint;
    private final @Nullable RequestContext context;
    private final @Nullable Credentials credentials;

    /**
     * Makes the model, for subclasses.
     *
     * @param options the options, with nothing built from them yet
     */
    protected RemoteModel(Builder<T, ID> options) {
        this(new Endpoint<>(options), null, null);
    }

    private RemoteModel(Endpoint<T, ID> endpoint, @Nullable RequestContext context, @Nullable Credentials credentials) {
        this.endpoint = endpoint;
        this.context = context;
        this.credentials = credentials;
    }

    /**
     * Returns this model on behalf of the given request, on whatever thread it is used.
     *
     * @param request the context to use instead of the thread's
     * @return a view of this model
     */
    public final RemoteModel<T, ID> in(RequestContext request) {
        return new RemoteModel<>(endpoint, Objects.requireNonNull(request, "request"), credentials);
    }

    /**
     * Returns this model with other credentials than its service's. What it reads is cached apart.
     *
     * @param authorization the credentials to use
     * @return a view of this model
     */
    public final RemoteModel<T, ID> as(Credentials authorization) {
        return new RemoteModel<>(endpoint, context, Objects.requireNonNull(authorization, "authorization"));
    }

    @Override
    public Optional<T> find(ID id) {
        return endpoint.find(endpoint.segment(id), caller());
    }

    @Override
    public T get(ID id) {
        return find(id).orElseThrow(() -> endpoint.notFound(endpoint.segment(id)));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Asks in lists of at most 100 ids and URLs of at most 6,000 bytes, each read to its last page.
     *
     * @throws IllegalStateException when the model was built without {@link Builder#id} and its batch style needs it
     */
    @Override
    public Map<ID, T> getAll(Collection<ID> ids) {
        return endpoint.batches().getAll(ids, caller());
    }

    /**
     * {@inheritDoc}
     *
     * <p>Understands a bare array as the only page, and an object with {@code results} as a page of Django REST framework. Of
     * a link to the next page only the query is used.
     */
    @Override
    public Page<T> filter(Query query) {
        return endpoint.listing().filter(query, caller());
    }

    /**
     * {@inheritDoc}
     *
     * <p>The POST is never sent twice, whatever happens.
     */
    @Override
    public T create(T entity) {
        return endpoint.create(Objects.requireNonNull(entity, "entity"), caller());
    }

    @Override
    public T update(ID id, T entity) {
        Objects.requireNonNull(entity, "entity");
        return endpoint.change(Verb.PUT, endpoint.segment(id), entity, "application/json", caller());
    }

    /**
     * {@inheritDoc}
     *
     * <p>The PATCH is never sent twice, whatever happens.
     */
    @Override
    public T patch(ID id, Patch patch) {
        Objects.requireNonNull(patch, "patch");
        String mediaType = endpoint.options().patchMediaType;
        return endpoint.change(Verb.PATCH, endpoint.segment(id), patch.document(), mediaType, caller());
    }

    @Override
    public boolean delete(ID id) {
        return endpoint.delete(endpoint.segment(id), caller());
    }

    private Caller caller() {
        return endpoint.options().service.caller(context, credentials);
    }

    /** Returns the URL of the list. */
    @Override
    public String toString() {
        return "RemoteModel[" + endpoint.urls().collection() + "]";
    }

    /**
     * The options of a {@link RemoteModel}. Not safe for use by several threads.
     *
     * @param <T> the entity
     * @param <ID> its identifier
     */
    public static final class Builder<T, ID> {

        final RemoteService service;
        final String entity;
        final Class<T> type;
        final IdCodec<ID> ids;

        @Nullable
        Function<? super T, ? extends ID> idOf;

        BatchStyle batch = BatchStyle.COMMA;
        String patchMediaType = "application/merge-patch+json";

        Builder(RemoteService service, String entity, Class<T> type, IdCodec<ID> ids) {
            this.service = service;
            this.entity = entity;
            this.type = Objects.requireNonNull(type, "type");
            this.ids = Objects.requireNonNull(ids, "ids");
        }

        /**
         * Sets how to read an entity's id, which {@link RemoteModel#getAll} needs.
         *
         * @param extractor gives the id of an entity
         * @return this
         */
        public Builder<T, ID> id(Function<? super T, ? extends ID> extractor) {
            this.idOf = Objects.requireNonNull(extractor, "extractor");
            return this;
        }

        /**
         * Sets how many ids are asked for at once.
         *
         * @param style {@link BatchStyle#COMMA} by default
         * @return this
         */
        public Builder<T, ID> batch(BatchStyle style) {
            this.batch = Objects.requireNonNull(style, "style");
            return this;
        }

        /**
         * Sets the media type of a patch.
         *
         * @param mediaType {@code application/merge-patch+json} by default, or {@code application/json}, which Django REST
         *     framework expects
         * @return this
         * @throws IllegalArgumentException when it is neither
         */
        public Builder<T, ID> patchMediaType(String mediaType) {
            if (!mediaType.equals("application/merge-patch+json") && !mediaType.equals("application/json")) {
                throw new IllegalArgumentException(
                        "mediaType must be application/merge-patch+json or application/json");
            }
            this.patchMediaType = mediaType;
            return this;
        }

        private Builder(Builder<T, ID> other) {
            this(other.service, other.entity, other.type, other.ids);
            this.idOf = other.idOf;
            this.batch = other.batch;
            this.patchMediaType = other.patchMediaType;
        }

        /** The options as they are now. */
        Builder<T, ID> frozen() {
            return new Builder<>(this);
        }

        /**
         * Builds the model.
         *
         * @return the model
         */
        public RemoteModel<T, ID> build() {
            return new RemoteModel<>(this);
        }
    }
}
