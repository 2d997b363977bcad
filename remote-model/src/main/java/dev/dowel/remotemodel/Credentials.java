package dev.dowel.remotemodel;

import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * With which {@code Authorization} a service is called. It is sent to the service's own scheme, host and port only, and
 * answers are cached apart for each.
 */
public final class Credentials {

    private static final Credentials NONE = new Credentials("none", (context, service) -> "");
    private static final Credentials INBOUND = new Credentials("inbound", Credentials::ofTheCaller);

    /** RFC 6750, b64token. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]{1,8192}=*");

    private final String kind;
    private final Source source;

    private Credentials(String kind, Source source) {
        this.kind = kind;
        this.source = source;
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
     * Returns a token of this service's own, sent as {@code Authorization: Bearer} (RFC 6750).
     *
     * @param token gives the token; called for every read and write on the calling thread, so it should be cheap
     * @return the credentials; a call fails with an {@link IllegalStateException} when the supplied text is not a token
     */
    public static Credentials bearer(Supplier<String> token) {
        Objects.requireNonNull(token, "token");
        return new Credentials("bearer", (context, service) -> {
            @Nullable String value = token.get();
            if (value == null || !TOKEN.matcher(value).matches()) {
                throw new IllegalStateException("the token for service " + service
                        + " is null, empty or holds characters RFC 6750 does not allow; check the token supplier");
            }
            return "Bearer " + value;
        });
    }

    /** The value of the header, empty when none is to be sent. */
    String authorization(@Nullable RequestContext context, String service) {
        return source.authorization(context, service);
    }

    private static String ofTheCaller(@Nullable RequestContext context, String service) {
        if (context == null) {
            throw new IllegalStateException(
                    "service " + service + " is called with the inbound credentials, but no request"
                            + " context is open here; add RequestContextFilter, wrap the task with RequestContext.wrap, or"
                            + " use model.as(Credentials)");
        }
        return context.authorization();
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
