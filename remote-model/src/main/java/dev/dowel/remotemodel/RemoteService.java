package dev.dowel.remotemodel;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * One other service: where it is, how long to wait, what to pass on. It makes the models of that service's entities, whose
 * URLs are {@code {base}/{prefix}/{version}/{entity}[/{id}]}.
 *
 * <pre>{@code
 * RemoteService users = RemoteService.builder("users", URI.create("http://localhost:8081"))
 *         .credentials(Credentials.inbound())
 *         .build();
 * RemoteModel<User, Long> model = users.model("users", User.class, IdCodec.LONG).id(User::id).build();
 * User ann = model.get(7L);
 * }</pre>
 *
 * <p>Instances are safe for use by several threads; keep one for the life of the program. Redirects are not followed unless
 * {@link Builder#followSameOriginRedirects} allows it, and cookies neither kept nor sent.
 */
public final class RemoteService implements AutoCloseable {

    private final String name;
    private final HttpUrl base;
    private final List<String> root;
    private final boolean trailingSlash;
    final HeaderPolicy policy;
    final Credentials credentials;
    final JsonCodec json;
    final int warnAfterGets;
    final boolean idempotencyKeys;
    private final Map<String, Set<String>> outdates;
    final HttpCalls calls;

    private RemoteService(Builder options) {
        this.name = options.name;
        this.base = options.base;
        this.root = options.prefix.isEmpty() ? List.of(options.version) : List.of(options.prefix, options.version);
        this.trailingSlash = options.trailingSlash;
        this.policy = options.policy;
        this.credentials = options.credentials;
        // Not before it is needed, for programs without Jackson 2.
        this.json = options.json == null ? JsonCodec.jackson2() : options.json;
        this.warnAfterGets = options.warnAfterGets;
        this.idempotencyKeys = options.idempotencyKeys;
        this.outdates = new HashMap<>();
        options.outdates.forEach((entity, others) -> outdates.put(entity, Set.copyOf(others)));
        this.calls = new HttpCalls(
                options,
                base,
                new Redirects(options.redirects, EntityUrls.of(base, root, true).collection()));
    }

    /**
     * Starts the options of a service.
     *
     * @param name the service's name in caches, logs and messages: letters, digits and {@code . _ ~ -}
     * @param baseUrl where it is: http or https, with an optional plain path, without user, query or fragment
     * @return the options
     * @throws IllegalArgumentException when the name or URL is not like that
     */
    public static Builder builder(String name, URI baseUrl) {
        return new Builder(EntityUrls.name("name", name), EntityUrls.base(baseUrl));
    }

    /**
     * Returns the name of the service.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * Starts the options of a model of one of the service's entities.
     *
     * @param <T> the entity
     * @param <ID> its identifier
     * @param entity its name in the URL, one plain path segment such as {@code users}
     * @param type the class of one entity, without open type parameters
     * @param ids how its ids are written
     * @return the options
     * @throws IllegalArgumentException when the name is not a plain path segment or the class cannot be read from JSON
     */
    public <T, ID> RemoteModel.Builder<T, ID> model(String entity, Class<T> type, IdCodec<ID> ids) {
        return new RemoteModel.Builder<>(this, EntityUrls.name("entity", entity), type, ids);
    }

    EntityUrls urls(String entity) {
        List<String> segments = new ArrayList<>(root);
        segments.add(entity);
        return EntityUrls.of(base, segments, trailingSlash);
    }

    /** The other entities that a write to this one may change. */
    List<EntityScope> outdatedBy(String entity) {
        return outdates.getOrDefault(entity, Set.of()).stream()
                .map(other -> new EntityScope(name, other))
                .toList();
    }

    /**
     * Closes idle connections at once; calls under way end by themselves, later ones fail with an {@link
     * IllegalStateException}. A client given by {@link Builder#okHttpClient} stays open. Closing twice does nothing.
     */
    @Override
    public void close() {
        calls.close();
    }

    /** Returns the name and the base URL. */
    @Override
    public String toString() {
        return "RemoteService[" + name + " at " + base + "]";
    }

    /** The options of a {@link RemoteService}. Not safe for use by several threads. */
    public static final class Builder {

        private final String name;
        private final HttpUrl base;
        private String prefix = "api";
        private String version = "v1";
        private boolean trailingSlash;
        private HeaderPolicy policy = HeaderPolicy.tracing();
        private Credentials credentials = Credentials.none();
        private @Nullable JsonCodec json;
        private int warnAfterGets = 10;
        private boolean idempotencyKeys;
        private final Map<String, Set<String>> outdates = new HashMap<>();
        Duration connectTimeout = Duration.ofSeconds(1);
        Duration callTimeout = Duration.ofSeconds(5);
        RetryPolicy retry = RetryPolicy.standard();
        int redirects;
        String deadlineHeader = "";
        UnaryOperator<Transport> transport = UnaryOperator.identity();
        final List<CallListener> listeners = new ArrayList<>();
        int maxResponseSize = 10 * 1024 * 1024;
        Timing timing = Timing.SYSTEM;

        @Nullable
        OkHttpClient okHttpClient;

        private Builder(String name, HttpUrl base) {
            this.name = name;
            this.base = base;
        }

        /**
         * Sets the API version in the URL.
         *
         * @param segment one plain path segment; {@code v1} by default
         * @return this
         */
        public Builder version(String segment) {
            this.version = EntityUrls.name("version", segment);
            return this;
        }

        /**
         * Sets what stands before the version in the URL.
         *
         * @param segment one plain path segment, empty for none; {@code api} by default
         * @return this
         */
        public Builder prefix(String segment) {
            this.prefix = segment.isEmpty() ? "" : EntityUrls.name("prefix", segment);
            return this;
        }

        /**
         * Sets whether URLs end in a slash, as Django's do.
         *
         * @param slash false by default
         * @return this
         */
        public Builder trailingSlash(boolean slash) {
            this.trailingSlash = slash;
            return this;
        }

        /**
         * Sets how long to wait.
         *
         * @param connect for a connection, 1 s by default
         * @param call for one call with all its attempts and pauses, 5 s by default
         * @return this
         * @throws IllegalArgumentException when one is not positive or longer than an hour
         */
        public Builder timeouts(Duration connect, Duration call) {
            this.connectTimeout = Deadline.requireTimeout("connect", connect);
            this.callTimeout = Deadline.requireTimeout("call", call);
            return this;
        }

        /**
         * Sets a header that tells the other service how many milliseconds are left for its answer, on every attempt. There is
         * no standard for it, so the name is your company's.
         *
         * @param name the header's name; not sent by default
         * @return this
         * @throws IllegalArgumentException when it is not a header name (RFC 9110) or one with a meaning of its own
         */
        public Builder deadlineHeader(String name) {
            HeaderPolicy.none().allow(name);
            this.deadlineHeader = name;
            return this;
        }

        /**
         * Sets which headers of the request context are sent; the filter's policy must have kept them.
         *
         * @param headers {@link HeaderPolicy#tracing()} by default
         * @return this
         */
        public Builder propagate(HeaderPolicy headers) {
            this.policy = Objects.requireNonNull(headers, "headers");
            return this;
        }

        /**
         * Sets with which {@code Authorization} the service is called.
         *
         * @param authorization {@link Credentials#none()} by default
         * @return this
         */
        public Builder credentials(Credentials authorization) {
            this.credentials = Objects.requireNonNull(authorization, "authorization");
            return this;
        }

        /**
         * Sets how entities are encoded and decoded.
         *
         * @param codec {@link JsonCodec#jackson2()} by default
         * @return this
         */
        public Builder json(JsonCodec codec) {
            this.json = Objects.requireNonNull(codec, "codec");
            return this;
        }

        /**
         * Sets whether each creation and patch carries an {@code Idempotency-Key} header (draft-ietf-httpapi-idempotency-key-header):
         * one random key for a call, the same on every attempt. Such calls are then retried like a GET. Only for services that
         * heed the header.
         *
         * @param keys false by default
         * @return this
         */
        public Builder idempotencyKeys(boolean keys) {
            this.idempotencyKeys = keys;
            return this;
        }

        /**
         * Declares that a write to one entity may change others, which are then forgotten by the request as well.
         *
         * @param entity the entity that is written, as it stands in the URL
         * @param others the entities that may change by it
         * @return this
         */
        public Builder invalidates(String entity, String... others) {
            outdates.computeIfAbsent(EntityUrls.name("entity", entity), e -> new HashSet<>())
                    .addAll(List.of(others));
            return this;
        }

        /**
         * Puts a transport around the library's own: a circuit breaker, a bulkhead. It sees each attempt, inside retries and
         * outside HTTP. Called again, it goes around those given before.
         *
         * @param around gives the transport to use from the one to call
         * @return this
         */
        public Builder transport(UnaryOperator<Transport> around) {
            Objects.requireNonNull(around, "around");
            UnaryOperator<Transport> inner = this.transport;
            this.transport = next -> Objects.requireNonNull(around.apply(inner.apply(next)), "around gave null");
            return this;
        }

        /**
         * Adds one who hears how calls end, what the cache spared and what is deprecated.
         *
         * @param listener told after those that were added before
         * @return this
         */
        public Builder listener(CallListener listener) {
            this.listeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * Sets how often and how patiently the service is asked again.
         *
         * @param policy {@link RetryPolicy#standard()} by default
         * @return this
         */
        public Builder retry(RetryPolicy policy) {
            this.retry = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /**
         * Sets how many redirects of a GET are followed, within its deadline: only to the same scheme, host and port and below
         * {@code {base}/{prefix}/{version}/}. Any other is a {@link RemoteResponseException.UnexpectedRedirect}.
         *
         * @param most 0 to 10; 0 by default
         * @return this
         * @throws IllegalArgumentException when out of range
         */
        public Builder followSameOriginRedirects(int most) {
            if (most < 0 || most > Redirects.MAX) {
                throw new IllegalArgumentException("followSameOriginRedirects must be 0 to 10 but is " + most);
            }
            this.redirects = most;
            return this;
        }

        /**
         * Sets the largest response that is read, after decompression.
         *
         * @param bytes 10 MiB by default; a larger response is a {@link RemoteDecodeException}
         * @return this
         * @throws IllegalArgumentException when not positive
         */
        public Builder maxResponseSize(int bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("maxResponseSize must be positive but is " + bytes);
            }
            this.maxResponseSize = bytes;
            return this;
        }

        /**
         * Sets after how many single gets of one entity kind over the network, within one request, a warning recommends {@link
         * Repository#getAll}.
         *
         * @param gets 10 by default, 0 for no warning
         * @return this
         * @throws IllegalArgumentException when negative
         */
        public Builder warnAfterGets(int gets) {
            if (gets < 0) {
                throw new IllegalArgumentException("warnAfterGets must not be negative but is " + gets);
            }
            this.warnAfterGets = gets;
            return this;
        }

        /**
         * Sets the client to build on, for TLS, proxies or metrics. Its connection pool is shared; redirects, cookies,
         * authenticators, timeouts and repeats are set as this library needs them.
         *
         * @param client a client without a cache
         * @return this
         * @throws IllegalArgumentException when the client has a cache, which could give one user the answer of another
         */
        public Builder okHttpClient(OkHttpClient client) {
            if (client.cache() != null) {
                throw new IllegalArgumentException("okHttpClient must have no cache");
            }
            this.okHttpClient = client;
            return this;
        }

        Builder timing(Timing source) {
            this.timing = source;
            return this;
        }

        /**
         * Builds the service; nothing is connected yet.
         *
         * @return the service, to be closed at the end of the program
         * @throws IllegalStateException when the deadline header is one that is passed on
         */
        public RemoteService build() {
            if (policy.allows(deadlineHeader)) {
                throw new IllegalStateException("the deadlineHeader " + deadlineHeader
                        + " is also passed on by the propagate policy; take it out of one of them");
            }
            return new RemoteService(this);
        }
    }
}
