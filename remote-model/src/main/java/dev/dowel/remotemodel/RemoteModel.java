package dev.dowel.remotemodel;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * The entities of one kind of another service, over HTTP.
 *
 * <p>Each call uses the {@link RequestContext} of the calling thread, or the one of {@link #in}. With one, what was read is
 * kept for the rest of that request, apart for each identity; threads that ask for the same entity or list at the same time share one
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
    private final View view;

    /**
     * Makes the model, for subclasses.
     *
     * @param options the options, with nothing built from them yet
     */
    protected RemoteModel(Builder<T, ID> options) {
        this(new Endpoint<>(options.options.copy()), View.PLAIN);
    }

    private RemoteModel(Endpoint<T, ID> endpoint, View view) {
        this.endpoint = endpoint;
        this.view = view;
    }

    /**
     * Returns this model on behalf of the given request, on whatever thread it is used.
     *
     * @param request the context to use instead of the thread's
     * @return a view of this model
     */
    public final RemoteModel<T, ID> in(RequestContext request) {
        return new RemoteModel<>(endpoint, view.in(request));
    }

    /**
     * Returns this model with other credentials than its service's. They replace the caller's cookies as well, and what is
     * read with them is cached apart.
     *
     * @param authorization the credentials to use
     * @return a view of this model
     */
    public final RemoteModel<T, ID> as(Credentials authorization) {
        return new RemoteModel<>(endpoint, view.as(authorization));
    }

    /**
     * Returns this model with reads that ask the other service again whatever the request has read before. What comes is
     * kept.
     *
     * @return a view of this model
     */
    public final RemoteModel<T, ID> fresh() {
        return new RemoteModel<>(endpoint, view.afresh());
    }

    /**
     * Returns this model with another time for each call than the call timeout of its service, shorter or longer. As that, it
     * covers all attempts of the call and the pauses between them; the deadline of the request still ends a call before.
     *
     * @param limit how long one call may take, at most one hour
     * @return a view of this model
     * @throws IllegalArgumentException when it is not positive or too long
     */
    public final RemoteModel<T, ID> within(Duration limit) {
        return new RemoteModel<>(endpoint, view.within(limit));
    }

    /**
     * Returns this model with updates, patches and deletions that succeed only while the entity is still the one the ETag was
     * given for (RFC 9110, If-Match); else they throw {@link RemoteResponseException.PreconditionFailed}.
     *
     * @param etag what {@link #findTagged} gave, or {@code *} for any
     * @return a view of this model, which cannot create
     * @throws IllegalArgumentException when the text is not an ETag
     */
    public final RemoteModel<T, ID> ifMatch(String etag) {
        return new RemoteModel<>(endpoint, view.ifMatch(etag));
    }

    /**
     * Returns this model with a key of your own in the {@code Idempotency-Key} header of a creation or patch, which are then
     * retried like a GET. Use one key for one thing to be done, and the same when the program tries it again later.
     *
     * @param key 1 to 255 printable ASCII characters without {@code "} and {@code \}
     * @return a view of this model, for one creation or patch
     * @throws IllegalArgumentException when the key is not like that
     */
    public final RemoteModel<T, ID> idempotencyKey(String key) {
        return new RemoteModel<>(endpoint, view.idempotencyKey(key));
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
     * Returns the entity with its ETag, for {@link #ifMatch}.
     *
     * @param id the identifier
     * @return the entity, or empty when there is none with this id
     * @throws RemoteDecodeException when the other service gave no ETag
     * @throws RemoteModelException when the other service could not be asked or did not answer properly
     */
    public final Optional<Tagged<T>> findTagged(ID id) {
        return endpoint.findTagged(endpoint.segment(id), caller());
    }

    /**
     * {@inheritDoc}
     *
     * <p>Asks in lists of at most 100 ids ({@link Builder#batch}) and URLs of at most 6,000 bytes, each read to its last page.
     * For DataLoader {@code ids -> CompletableFuture.completedFuture(model.getAll(ids))} is a mapped batch loader.
     *
     * @throws BatchException when a part could not be read; it has what was found before
     * @throws IllegalStateException when the model was built without {@link Builder#id} and its batch style needs it
     */
    @Override
    public Map<ID, T> getAll(Collection<ID> ids) {
        return endpoint.batches().getAll(ids, caller());
    }

    /**
     * Reads as {@link #getAll} does, but goes on when a part cannot be read. Each part may take the call timeout.
     *
     * @param ids the identifiers; duplicates count once
     * @return what is known of each id
     * @throws IllegalStateException when the model was built without {@link Builder#id} and its batch style needs it
     */
    public final BatchResult<T, ID> tryGetAll(Collection<ID> ids) {
        return endpoint.batches().tryGetAll(ids, caller());
    }

    /**
     * Checks, for the start of a program, that the service understands this model's {@link BatchStyle}: asks for two known
     * entities and sees that these two come back. Nothing is cached.
     *
     * @param first the id of an entity that exists
     * @param second the id of another
     * @throws IllegalStateException when others or fewer came back; the message says which style to use
     * @throws IllegalArgumentException when the ids are equal or one has no entity
     * @throws RemoteModelException when the other service could not be asked or did not answer properly
     */
    public final void checkBatch(ID first, ID second) {
        new BatchCheck<>(endpoint, first, second, caller()).run();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Understands a bare array, with {@code Link} headers (RFC 8288) when there are more pages, an object with {@code
     * results} as a page of Django REST framework, and one with {@code content} as a page of Spring Data. Of a link to the
     * next page only the query is used.
     */
    @Override
    public Page<T> filter(Query query) {
        return endpoint.listing().filter(query, caller());
    }

    /**
     * {@inheritDoc}
     *
     * <p>It is never sent twice without an {@code Idempotency-Key}, whatever happens.
     */
    @Override
    public T create(T entity) {
        Objects.requireNonNull(entity, "entity");
        view.requireNoMatch();
        return endpoint.create(entity, caller(), view.headers());
    }

    @Override
    public T update(ID id, T entity) {
        Objects.requireNonNull(entity, "entity");
        return endpoint.update(endpoint.segment(id), entity, caller(), view.headers());
    }

    /**
     * {@inheritDoc}
     *
     * <p>The PATCH is never sent twice without an {@code Idempotency-Key}, whatever happens.
     */
    @Override
    public T patch(ID id, Patch patch) {
        Objects.requireNonNull(patch, "patch");
        return endpoint.patch(endpoint.segment(id), patch, caller(), view.headers());
    }

    @Override
    public boolean delete(ID id) {
        return endpoint.delete(endpoint.segment(id), caller(), view.headers());
    }

    private Caller caller() {
        return Caller.of(endpoint.options().service, view);
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

        private final ModelOptions<T, ID> options;

        Builder(RemoteService service, String entity, Class<T> type, IdCodec<ID> ids) {
            this.options = new ModelOptions<>(service, entity, type, ids);
        }

        /**
         * Sets how to read an entity's id, which {@link RemoteModel#getAll} needs.
         *
         * @param extractor gives the id of an entity
         * @return this
         */
        public Builder<T, ID> id(Function<? super T, ? extends ID> extractor) {
            options.idOf = Objects.requireNonNull(extractor, "extractor");
            return this;
        }

        /**
         * Sets how many ids are asked for at once.
         *
         * @param style {@link BatchStyle#COMMA} by default
         * @return this
         */
        public Builder<T, ID> batch(BatchStyle style) {
            options.batch = Objects.requireNonNull(style, "style");
            return this;
        }

        /**
         * Sets how many ids are asked for at once.
         *
         * @param style {@link BatchStyle#COMMA} by default
         * @param size how many ids one call holds at most, 1 to 1,000; 100 by default
         * @return this
         * @throws IllegalArgumentException when out of range
         */
        public Builder<T, ID> batch(BatchStyle style, int size) {
            if (size < 1 || size > Batches.MAX_SIZE) {
                throw new IllegalArgumentException("size must be 1 to 1,000 but is " + size);
            }
            options.batchSize = size;
            return batch(style);
        }

        /**
         * Makes {@link RemoteModel#getAll} ask for at most 8 parts at once: on the calling thread and on those of an executor,
         * which get the caller's request context.
         *
         * @param executor what runs the parts; it stays yours to shut down
         * @return this
         */
        public Builder<T, ID> batchExecutor(Executor executor) {
            options.batchExecutor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Sets which ids are refused.
         *
         * @param policy {@link IdPolicy#STRICT} by default
         * @return this
         */
        public Builder<T, ID> idPolicy(IdPolicy policy) {
            options.idPolicy = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /**
         * Makes all readers within one request get the same instance instead of a copy each. Only for immutable entities.
         *
         * @return this
         */
        public Builder<T, ID> shareCachedInstances() {
            options.shareCachedInstances = true;
            return this;
        }

        /**
         * Declares that lists hold each entity as complete as it is alone, so that {@link RemoteModel#get} need not ask for
         * what the request has read in a list. Needs {@link #id}.
         *
         * @return this
         */
        public Builder<T, ID> listItemsAreComplete() {
            options.listItemsAreComplete = true;
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
            options.patchMediaType = mediaType;
            return this;
        }

        /**
         * Sets which methods create and update.
         *
         * @param methods {@link Verbs#STANDARD} by default
         * @return this
         */
        public Builder<T, ID> verbs(Verbs methods) {
            options.verbs = Objects.requireNonNull(methods, "methods");
            return this;
        }

        /**
         * Makes an update that is answered without a body return what was sent, instead of reading the entity back. Only for
         * services that store what they get and nothing else.
         *
         * @return this
         */
        public Builder<T, ID> echoOnNoContent() {
            options.echoOnNoContent = true;
            return this;
        }

        /**
         * Builds the model.
         *
         * @return the model
         * @throws IllegalStateException when options do not fit
         */
        public RemoteModel<T, ID> build() {
            return new RemoteModel<>(this);
        }
    }
}
