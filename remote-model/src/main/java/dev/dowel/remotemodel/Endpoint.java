package dev.dowel.remotemodel;

import dev.dowel.remotemodel.RemoteCallException.Outcome;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import okhttp3.HttpUrl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The single entities of a remote model: reads through the request's cache, and writes that keep it true. */
final class Endpoint<T, ID> {

    private static final Logger log = LoggerFactory.getLogger(RemoteModel.class);

    private final RemoteModel.Builder<T, ID> options;
    private final EntityUrls urls;
    private final EntityScope scope;
    private final Transport transport;
    private final JsonCodec json;
    private final Failures failures;
    private final Listing<T, ID> listing;
    private final Batches<T, ID> batches;

    Endpoint(RemoteModel.Builder<T, ID> given) {
        this.options = given.frozen();
        this.urls = options.service.urls(options.entity);
        this.scope = new EntityScope(options.service.name(), options.entity);
        this.transport = options.service.transport();
        this.json = options.service.json();
        this.failures = new Failures(json, transport);
        this.listing = new Listing<>(this);
        this.batches = new Batches<>(this);
    }

    RemoteModel.Builder<T, ID> options() {
        return options;
    }

    EntityUrls urls() {
        return urls;
    }

    EntityScope scope() {
        return scope;
    }

    Listing<T, ID> listing() {
        return listing;
    }

    Batches<T, ID> batches() {
        return batches;
    }

    /** The id as it stands in the URL, checked. */
    String segment(ID id) {
        return EntityUrls.id(options.ids.encode(Objects.requireNonNull(id, "id")));
    }

    EntityNotFoundException notFound(String id) {
        return new EntityNotFoundException(options.entity, id);
    }

    Optional<T> find(String id, Caller caller) {
        Ask ask = Ask.get(urls.item(id), caller);
        Reply reply = read(key(true, id, caller), caller, () -> {
            countGet(caller);
            Answer answer = transport.send(ask);
            if (!answer.isAbsent()) {
                requireDocument(ask, answer);
            }
            return answer.toReply();
        });
        return reply.absent() ? Optional.empty() : Optional.of(entity(ask, reply.body()));
    }

    T create(T entity, Caller caller) {
        Ask ask = ask(Verb.POST, urls.collection(), entity, "application/json", caller);
        caller.context().ifPresent(context -> context.cache().created(scope));
        Answer answer;
        try {
            answer = transport.send(ask);
        } finally {
            // Whatever the outcome: a call that timed out may have been carried out.
            caller.context().ifPresent(context -> context.cache().created(scope));
        }
        requireSuccess(ask, answer);
        if (answer.body().length > 0) {
            requireDocument(ask, answer);
            return entity(ask, answer.body());
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

    T change(Verb verb, String id, Object content, String mediaType, Caller caller) {
        Ask ask = ask(verb, urls.item(id), content, mediaType, caller);
        Answer answer = write(ask, id);
        if (answer.isAbsent()) {
            throw notFound(id);
        }
        requireSuccess(ask, answer);
        if (answer.body().length > 0) {
            requireDocument(ask, answer);
            return entity(ask, answer.body());
        }
        return readBack(ask, () -> fresh(id, caller));
    }

    boolean delete(String id, Caller caller) {
        Ask ask = new Ask(Verb.DELETE, urls.item(id), null, caller);
        Answer answer = write(ask, id);
        if (answer.isAbsent()) {
            // The attempt before this one may have deleted it.
            return answer.repeated();
        }
        requireSuccess(ask, answer);
        return true;
    }

    private Answer write(Ask ask, String id) {
        ask.caller().context().ifPresent(context -> context.cache().changed(scope, id));
        try {
            return transport.send(ask);
        } finally {
            ask.caller().context().ifPresent(context -> context.cache().changed(scope, id));
        }
    }

    private T fresh(String id, Caller caller) {
        Ask ask = Ask.get(urls.item(id), caller);
        Answer answer = transport.send(ask);
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
        return caller.context()
                .map(context -> context.cache().read(key, transport.callTimeout(), load))
                .orElseGet(load);
    }

    CacheKey key(boolean item, String what, Caller caller) {
        return new CacheKey(scope, urls.collection().toString(), item, what, caller.identity());
    }

    /** Sends a read of a list and checks that a JSON text came back. */
    Answer list(Ask ask) {
        Answer answer = transport.send(ask);
        requireDocument(ask, answer);
        return answer;
    }

    T entity(Ask ask, byte[] body) {
        return options.type.cast(decode(ask, body, options.type));
    }

    Object decode(Ask ask, byte[] body, Type type) {
        try {
            return json.decode(body, type);
        } catch (IOException e) {
            throw new RemoteDecodeException(
                    ask + " answered with a text that is not the expected JSON: " + e.getMessage());
        }
    }

    private Ask ask(Verb verb, HttpUrl url, Object content, String mediaType, Caller caller) {
        try {
            return new Ask(verb, url, new Ask.Payload(json.encode(content), mediaType), caller);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "cannot encode " + content.getClass().getSimpleName() + " as JSON: " + e.getMessage(), e);
        }
    }

    private void requireSuccess(Ask ask, Answer answer) {
        if (!answer.isSuccess()) {
            throw failures.of(ask, answer);
        }
    }

    private void requireDocument(Ask ask, Answer answer) {
        requireSuccess(ask, answer);
        if (answer.body().length == 0 || !(answer.isJson() || answer.mediaType().isEmpty())) {
            throw new RemoteDecodeException(ask + " answered " + answer.status()
                    + (answer.body().length == 0 ? " without a body" : " with a body that is not JSON")
                    + "; check base URL, prefix, version and trailingSlash");
        }
    }

    private void countGet(Caller caller) {
        int limit = options.service.warnAfterGets();
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
