package dev.dowel.remotemodel;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * With which {@code Authorization} a service is called. It is sent to the service's own scheme, host and port only, and
 * answers are cached apart for each.
 */
public final class Credentials {

    private static final Credentials NONE = new Credentials("none", (context, service) -> "");
    private static final Credentials INBOUND = new Credentials(
            "inbound", (context, service) -> required(context, service).authorization());
    private static final Credentials INBOUND_OR_NONE =
            new Credentials("inbound or none", (context, service) -> context == null ? "" : context.authorization());

    /** RFC 6750, b64token. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]{1,8192}=*");

    private static final String BEARER = "Bearer ";

    private final String kind;
    private final Source source;
    private final @Nullable UnaryOperator<String> refresh;
    private final ReentrantLock refreshing = new ReentrantLock();

    private Credentials(String kind, Source source) {
        this(kind, source, null);
    }

    private Credentials(String kind, Source source, @Nullable UnaryOperator<String> refresh) {
        this.kind = kind;
        this.source = source;
        this.refresh = refresh;
    }

    /**
     * Returns no credentials: the default.
     *
     * @return no credentials
     */
    public static Credentials none() {
        return NONE;
    }

    /**
     * Returns the credentials of the inbound request: its one {@code Authorization} header, or none when it has none. A call
     * without a {@link RequestContext} is an {@link IllegalStateException}. Only for services you would trust with the
     * caller's token.
     *
     * @return the inbound caller's credentials
     */
    public static Credentials inbound() {
        return INBOUND;
    }

    /**
     * Returns the credentials of the inbound request, as {@link #inbound()}, and none where no request is being answered: in
     * jobs and at the start of the program.
     *
     * @return the inbound caller's credentials, if there is one
     */
    public static Credentials inboundOrNone() {
        return INBOUND_OR_NONE;
    }

    /**
     * Returns a token of this service's own, sent as {@code Authorization: Bearer} (RFC 6750).
     *
     * @param token gives the token; called for every read and write on the calling thread, so it should be cheap
     * @return the credentials; a call fails with an {@link IllegalStateException} when the supplied text is not a token
     */
    public static Credentials bearer(Supplier<String> token) {
        return bearer(token, null, "bearer");
    }

    /**
     * Returns a token of this service's own that can be renewed. When the other service answers 401, which says that nothing
     * was done, the token is renewed once and the call sent once more, whatever its method.
     *
     * @param token gives the token, as in {@link #bearer(Supplier)}
     * @param refresh gives a new token for the one that was rejected, while {@code token} still gives that one; called on
     *     the calling thread, by one thread at a time. Later calls ask {@code token} again, so it should give the new one
     *     from then on
     * @return the credentials
     */
    public static Credentials bearer(Supplier<String> token, UnaryOperator<String> refresh) {
        return bearer(token, Objects.requireNonNull(refresh, "refresh"), "bearer with refresh");
    }

    /**
     * Returns a token for the other service made from the caller's own, such as by token exchange (RFC 8693): the other
     * service learns who the caller is without getting a token it could use elsewhere. The caller without a bearer token has
     * none there either. A call without a {@link RequestContext} is an {@link IllegalStateException}.
     *
     * @param exchange gives the token for the other service, given the caller's; called on the calling thread, about once
     *     for each request
     * @return the credentials
     */
    public static Credentials exchange(UnaryOperator<String> exchange) {
        Objects.requireNonNull(exchange, "exchange");
        Object memory = new Object();
        return new Credentials("exchange", (context, service) -> {
            RequestContext request = required(context, service);
            String inbound = request.authorization();
            boolean isToken = inbound.regionMatches(true, 0, BEARER, 0, BEARER.length());
            return isToken
                    ? request.remembered(
                            memory, () -> header(exchange.apply(inbound.substring(BEARER.length())), service))
                    : "";
        });
    }

    private static Credentials bearer(Supplier<String> token, @Nullable UnaryOperator<String> refresh, String kind) {
        Objects.requireNonNull(token, "token");
        return new Credentials(kind, (context, service) -> header(token.get(), service), refresh);
    }

    private static String header(@Nullable String token, String service) {
        if (token == null || !TOKEN.matcher(token).matches()) {
            throw new IllegalStateException("the token for service " + service
                    + " is null, empty or holds characters RFC 6750 does not allow; check the token supplier");
        }
        return BEARER + token;
    }

    /** Whether the caller's cookies may travel with it: a session never travels with a token of somebody else. */
    boolean isTheCallers() {
        return this == NONE || this == INBOUND || this == INBOUND_OR_NONE;
    }

    /**
     * The header to send instead of one that was answered with 401; empty when there is none. Of several threads with the same
     * rejected token one refreshes; the others, and later ones, take what the supplier then gives.
     */
    Optional<String> renewed(String rejected, @Nullable RequestContext context, String service) {
        if (refresh == null || rejected.isEmpty()) {
            return Optional.empty();
        }
        refreshing.lock();
        try {
            String now = authorization(context, service);
            String renewed =
                    now.equals(rejected) ? header(refresh.apply(rejected.substring(BEARER.length())), service) : now;
            return renewed.equals(rejected) ? Optional.empty() : Optional.of(renewed);
        } finally {
            refreshing.unlock();
        }
    }

    /** The value of the header, empty when none is to be sent. */
    String authorization(@Nullable RequestContext context, String service) {
        return source.authorization(context, service);
    }

    private static RequestContext required(@Nullable RequestContext context, String service) {
        if (context == null) {
            throw new IllegalStateException(
                    "service " + service + " is called with the inbound credentials, but no request"
                            + " context is open here; add RequestContextFilter, wrap the task with RequestContext.wrap, or"
                            + " use Credentials.inboundOrNone() or model.as(Credentials)");
        }
        return context;
    }

    /** Returns the kind, never the token. */
    @Override
    public String toString() {
        return "Credentials[" + kind + "]";
    }

    private interface Source {
        String authorization(@Nullable RequestContext context, String service);
    }
}
