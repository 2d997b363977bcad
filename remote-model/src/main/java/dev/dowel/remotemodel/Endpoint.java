package dev.dowel.remotemodel;

import dev.dowel.remotemodel.CallListener.CacheResult;
import dev.dowel.remotemodel.RemoteCallException.Outcome;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The single entities of a remote model: reads through the request's cache, and writes that keep it true. */
final class Endpoint<T, ID> {

    private static final Logger log = LoggerFactory.getLogger(RemoteModel.class);

    private static final String JSON = "application/json";

    private final ModelOptions<T, ID> options;
    private final EntityUrls urls;
    private final String collection;
    private final EntityScope scope;
    private final List<EntityScope> related;
    private final HttpCalls calls;
    private final JsonCodec json;
    private final Failures failures;
    private final Consumer<CacheResult> cacheRead;
    private final Items<T, ID> items;
    private final Listing<T, ID> listing;
    private final Batches<T, ID> batches;

    Endpoint(ModelOptions<T, ID> given) {
        this.options = given;
        this.urls = options.service.urls(options.entity);
        this.collection = urls.collection().toString();
        this.scope = new EntityScope(options.service.name(), options.entity);
        this.related = options.service.outdatedBy(options.entity);
        this.calls = options.service.calls;
        this.json = options.service.json;
        this.failures = new Failures(json, calls);
        this.cacheRead = result -> calls.events().cacheRead(scope, result);
        if (options.listItemsAreComplete && options.idOf == null) {
            throw new IllegalStateException("listItemsAreComplete needs to read ids from entities; set id(...)");
        }
        this.items = new Items<>(this);
        this.listing = new Listing<>(this);
        this.batches = new Batches<>(this);
    }

    ModelOptions<T, ID> options() {
        return options;
    }

    EntityUrls urls() {
        return urls;
    }

    EntityScope scope() {
        return scope;
    }

    Items<T, ID> items() {
        return items;
    }

    Listing<T, ID> listing() {
        return listing;
    }

    Batches<T, ID> batches() {
        return batches;
    }

    /** The id as it stands in the URL, checked. */
    String segment(ID id) {
        return IdText.check(options.ids.encode(Objects.requireNonNull(id, "id")), options.idPolicy);
    }

    EntityNotFoundException notFound(String id) {
        return new EntityNotFoundException(options.entity, id);
    }

    Optional<T> find(String id, Caller caller) {
        return find(id, caller, true);
    }

    /** One of many, which nobody could have asked for at once. */
    Optional<T> findInBatch(String id, Caller caller) {
        return find(id, caller, false);
    }

    private Optional<T> find(String id, Caller caller, boolean single) {
        Reply reply = read(id, caller, single);
        return reply.absent() ? Optional.empty() : Optional.of(entity(id, caller, reply));
    }

    Optional<Tagged<T>> findTagged(String id, Caller caller) {
        Reply reply = read(id, caller, true);
        if (!reply.absent() && reply.etag().isEmpty() && !caller.fresh()) {
            // What was read in a list came without an ETag of its own.
            reply = read(id, caller.afresh(), true);
        }
        if (reply.absent()) {
            return Optional.empty();
        }
        if (reply.etag().isEmpty()) {
            throw new RemoteDecodeException(
                    get(id, caller) + " answered without an ETag, so it cannot be changed conditionally");
        }
        return Optional.of(new Tagged<>(entity(id, caller, reply), reply.etag()));
    }

    private Reply read(String id, Caller caller, boolean single) {
        return read(key(true, id, caller), caller, () -> {
            Ask ask = get(id, caller);
            if (single) {
                countGet(caller);
            }
            Answer answer = calls.send(ask);
            if (!answer.isAbsent()) {
                requireDocument(ask, answer);
            }
            return answer.toReply();
        });
    }

    /** Whether this caller's reads give everybody the same instance. */
    boolean shares(Caller caller) {
        return options.shareCachedInstances && caller.context().isPresent();
    }

    T entity(String id, Caller caller, Reply reply) {
        return shares(caller) ? reply.decodedOnce(this, () -> decoded(id, caller, reply)) : decoded(id, caller, reply);
    }

    /** The entity of a stored reply; what was asked is put together again for a message only. */
    private T decoded(String id, Caller caller, Reply reply) {
        try {
            return options.type.cast(json.decode(reply.body(), options.type));
        } catch (IOException e) {
            forget(key(true, id, caller), caller);
            throw notAsPromised(get(id, caller), e);
        }
    }

    /** A text that cannot be read is a failure, and those are not kept. */
    void forget(CacheKey key, Caller caller) {
        caller.context().ifPresent(context -> context.cache().remove(key));
    }

    private Ask get(String id, Caller caller) {
        return Ask.get(scope, Operation.GET, urls.item(id), caller);
    }

    T create(T entity, Caller caller, Map<String, String> headers) {
        Verb verb = options.verbs.create;
        Ask ask = ask(Operation.CREATE, verb, urls.collection(), payload(entity, JSON), headers, caller);
        Answer answer = write(ask, cache -> cache.created(scope));
        requireSuccess(ask, answer);
        if (answer.body().length > 0) {
            requireDocument(ask, answer);
            T created = entity(ask, answer.body());
            forgetReplaced(created, caller);
            return created;
        }
        String id = urls.idIn(answer.header("Location"))
                .orElseThrow(() -> new RemoteDecodeException(ask + " answered " + answer.status()
                        + " without a body or a Location in this collection, so the new id is unknown"));
        return readBack(ask, () -> {
            try {
                return fresh(segment(options.ids.decode(id)), caller);
            } catch (IllegalArgumentException notAnId) {
                throw new RemoteDecodeException(ask + " answered with a Location that does not end in an id");
            }
        });
    }

    /** A creation with an id of the caller's choice may have replaced what was there. */
    private void forgetReplaced(T created, Caller caller) {
        String id = options.idOf == null ? null : items.idOf(created);
        if (id != null) {
            caller.context().ifPresent(context -> context.cache().changed(scope, id));
        }
    }

    T update(String id, T entity, Caller caller, Map<String, String> headers) {
        Ask ask = ask(Operation.UPDATE, options.verbs.update, urls.item(id), payload(entity, JSON), headers, caller);
        return change(ask, id, options.echoOnNoContent ? entity : null);
    }

    T patch(String id, Patch patch, Caller caller, Map<String, String> headers) {
        Ask.Payload payload = payload(patch.document(), options.patchMediaType);
        return change(ask(Operation.PATCH, Verb.PATCH, urls.item(id), payload, headers, caller), id, null);
    }

    private T change(Ask ask, String id, @Nullable T echo) {
        Answer answer = write(ask, cache -> cache.changed(scope, id));
        if (answer.isAbsent()) {
            throw notFound(id);
        }
        requireSuccess(ask, answer);
        if (answer.body().length > 0) {
            requireDocument(ask, answer);
            return entity(ask, answer.body());
        }
        return echo != null ? echo : readBack(ask, () -> fresh(id, ask.caller()));
    }

    boolean delete(String id, Caller caller, Map<String, String> headers) {
        Ask ask = ask(Operation.DELETE, Verb.DELETE, urls.item(id), null, headers, caller);
        Answer answer = write(ask, cache -> cache.changed(scope, id));
        if (answer.isAbsent()) {
            // The attempt before this one may have deleted it.
            return answer.repeated();
        }
        requireSuccess(ask, answer);
        return true;
    }

    /** Forgets before, so that nobody reads the old, and after, whatever the outcome: a call that timed out may have been done. */
    private Answer write(Ask ask, Consumer<RequestCache> outdate) {
        Optional<RequestCache> cache = ask.caller().context().map(RequestContext::cache);
        Consumer<RequestCache> withRelated = outdate.andThen(all -> related.forEach(all::outdated));
        cache.ifPresent(withRelated);
        try {
            return calls.send(ask);
        } finally {
            cache.ifPresent(withRelated);
        }
    }

    private T fresh(String id, Caller caller) {
        Ask ask = get(id, caller);
        Answer answer = calls.send(ask);
        requireDocument(ask, answer);
        return entity(ask, answer.body());
    }

    /** A failure to read back must not look like a failure to write. */
    private T readBack(Ask written, Supplier<T> read) {
        try {
            return read.get();
        } catch (RemoteCallException | RemoteResponseException e) {
            throw new RemoteCallException(
                    written + " succeeded, but reading the entity back failed: " + e.getMessage(), Outcome.UNKNOWN, e);
        }
    }

    /** Reads through the cache of the caller's request, or straight when there is none. */
    Reply read(CacheKey key, Caller caller, Supplier<Reply> load) {
        if (caller.context().isEmpty()) {
            return load.get();
        }
        RequestCache cache = caller.context().get().cache();
        return caller.fresh()
                ? cache.readAfresh(key, load)
                : cache.read(key, calls.limit(caller), calls.patience(caller), cacheRead, load);
    }

    /** Tells the listeners of a look-up past {@link #read}. */
    void lookedUp(boolean found, Caller caller) {
        if (!caller.fresh() && caller.context().isPresent()) {
            cacheRead.accept(found ? CacheResult.HIT : CacheResult.MISS);
        }
    }

    CacheKey key(boolean item, String what, Caller caller) {
        return new CacheKey(scope, collection, item, what, caller.identity());
    }

    /** Sends a read of a list and checks that a JSON text came back. */
    Answer list(Ask ask) {
        Answer answer = calls.send(ask);
        requireDocument(ask, answer);
        return answer;
    }

    private T entity(Ask ask, byte[] body) {
        return options.type.cast(decode(ask, body, options.type));
    }

    Object decode(Ask ask, byte[] body, Type type) {
        try {
            return json.decode(body, type);
        } catch (IOException e) {
            throw notAsPromised(ask, e);
        }
    }

    private static RemoteDecodeException notAsPromised(Ask ask, IOException e) {
        return new RemoteDecodeException(
                ask + " answered with a text that is not the expected JSON: " + e.getMessage());
    }

    private Ask ask(
            Operation operation,
            Verb verb,
            HttpUrl url,
            Ask.@Nullable Payload payload,
            Map<String, String> given,
            Caller caller) {
        Map<String, String> headers = new HashMap<>(given);
        if (options.service.idempotencyKeys && (operation == Operation.CREATE || !verb.isRepeatable())) {
            headers.putIfAbsent(Ask.IDEMPOTENCY_KEY, '"' + UUID.randomUUID().toString() + '"');
        }
        return new Ask(scope, operation, verb, url, payload, Map.copyOf(headers), caller);
    }

    private Ask.Payload payload(Object content, String mediaType) {
        try {
            return new Ask.Payload(json.encode(content), mediaType);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "cannot encode " + content.getClass().getSimpleName() + " as JSON: " + e.getMessage(), e);
        }
    }

    private void requireSuccess(Ask ask, Answer answer) {
        if (answer.isSuccess()) {
            return;
        }
        RemoteResponseException failure = failures.of(ask, answer);
        boolean maybeOurs = (answer.status() == 412 && ask.headers().containsKey(Ask.IF_MATCH))
                || (answer.status() == 409 && ask.headers().containsKey(Ask.IDEMPOTENCY_KEY));
        if (answer.repeated() && maybeOurs) {
            throw new RemoteCallException(
                    ask + " was sent again after an attempt without a good answer, and then answered " + answer.status()
                            + "; the first attempt may have been carried out, so read the entity",
                    Outcome.UNKNOWN,
                    failure);
        }
        throw failure;
    }

    private void requireDocument(Ask ask, Answer answer) {
        requireSuccess(ask, answer);
        if (!answer.isDocument()) {
            throw new RemoteDecodeException(ask + " answered " + answer.status()
                    + (answer.body().length == 0 ? " without a body" : " with a body that is not JSON")
                    + "; check base URL, prefix, version and trailingSlash");
        }
    }

    private void countGet(Caller caller) {
        int limit = options.service.warnAfterGets;
        caller.context().filter(context -> limit > 0).ifPresent(context -> {
            if (context.cache().countSingleGet(scope) == limit + 1) {
                log.warn(
                        "One request made more than {} single gets of {} from {}; use getAll(ids) to make one call of them",
                        limit,
                        options.entity,
                        options.service.name());
            }
        });
    }
}
