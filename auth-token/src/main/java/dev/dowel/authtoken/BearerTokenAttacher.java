package dev.dowel.authtoken;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Puts this service's token on requests of the JDK's HTTP client that go to listed origins over TLS, and on no others.
 * Immutable and safe for use by several threads.
 *
 * <p>It decides for one request. Leave redirects off ({@link java.net.http.HttpClient.Redirect#NEVER}, the client's default)
 * or attach anew for each hop.
 */
public final class BearerTokenAttacher {

    private final Supplier<String> current;
    private final Set<String> origins;

    private BearerTokenAttacher(Supplier<String> current, Set<String> origins) {
        this.current = current;
        this.origins = origins;
    }

    /**
     * Returns an attacher for some origins.
     *
     * @param current gives the token to send, such as a {@link ClientToken}; asked for each request that gets it
     * @param origins {@code https://host} or {@code https://host:port}, without path, at least one
     * @return the attacher
     * @throws IllegalArgumentException if there is no origin, or one that is not of that form
     */
    public static BearerTokenAttacher forOrigins(Supplier<String> current, URI... origins) {
        Objects.requireNonNull(current, "current");
        if (origins.length == 0) {
            throw new IllegalArgumentException("origins must name at least one");
        }
        return new BearerTokenAttacher(
                current, Stream.of(origins).map(BearerTokenAttacher::checked).collect(Collectors.toUnmodifiableSet()));
    }

    /**
     * Returns the request with the token, or the very same request if it goes elsewhere, is not over TLS, or has an {@code
     * Authorization} header already.
     *
     * @param request any request
     * @return the request to send
     * @throws IllegalArgumentException if what the supplier gives is no bearer token; the message does not show it
     */
    public HttpRequest attach(HttpRequest request) {
        String origin = origin(request.uri());
        boolean listed = origin != null && origins.contains(origin);
        if (!listed || request.headers().firstValue("Authorization").isPresent()) {
            return request;
        }
        return HttpRequest.newBuilder(request, (name, value) -> true)
                .setHeader(
                        "Authorization",
                        "Bearer " + BearerToken.of(current.get()).value())
                .build();
    }

    /**
     * Returns the origins.
     *
     * @return a text without the token
     */
    @Override
    public String toString() {
        return "BearerTokenAttacher" + origins;
    }

    private static String checked(URI uri) {
        String origin = origin(uri);
        boolean bare = uri.getRawQuery() == null
                && uri.getRawFragment() == null
                && (uri.getRawPath() == null
                        || uri.getRawPath().isEmpty()
                        || uri.getRawPath().equals("/"));
        if (origin == null || !bare) {
            throw new IllegalArgumentException("origins must be like https://host or https://host:8443");
        }
        return origin;
    }

    /** Returns scheme, host and port, or null if they are not those of a plain https address. */
    private static @Nullable String origin(URI uri) {
        if (!"https".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null || uri.getRawUserInfo() != null) {
            return null;
        }
        return "https://" + uri.getHost().toLowerCase(Locale.ROOT) + ":" + (uri.getPort() == -1 ? 443 : uri.getPort());
    }
}
