package dev.dowel.remotemodel;

import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** The URLs of one entity: the collection and its items. No id, however hostile, leads anywhere else. */
final class EntityUrls {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._~-]{0,127}");

    /** Longer links are no links to a page or an entity, but an attempt to fill our memory. */
    static final int MAX_LINK = 8 * 1024;

    private final HttpUrl collection;
    private final String ownPath;
    private final boolean trailingSlash;

    /** {@code ownPath} is the path of the collection without that of the base URL. */
    private EntityUrls(HttpUrl collection, String ownPath, boolean trailingSlash) {
        this.collection = collection;
        this.ownPath = ownPath;
        this.trailingSlash = trailingSlash;
    }

    static EntityUrls of(HttpUrl base, List<String> segments, boolean trailingSlash) {
        HttpUrl.Builder url = base.newBuilder();
        for (String segment : segments) {
            url.addPathSegment(segment);
        }
        if (trailingSlash) {
            url.addPathSegment("");
        }
        return new EntityUrls(url.build(), "/" + String.join("/", segments), trailingSlash);
    }

    /** Checks the base URL; its value is not repeated where it may hold a password. */
    static HttpUrl base(URI uri) {
        Objects.requireNonNull(uri, "baseUrl");
        // With a host that Java does not take for one, such as my_host, the user is part of the authority only.
        String authority = String.valueOf(uri.getRawAuthority());
        if (authority.contains("@") || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("baseUrl must have no user, query or fragment");
        }
        String scheme = String.valueOf(uri.getScheme());
        if (!scheme.equalsIgnoreCase("http") && !scheme.equalsIgnoreCase("https")) {
            throw new IllegalArgumentException("baseUrl must be http or https");
        }
        @Nullable HttpUrl url = uri.getHost() == null ? null : HttpUrl.parse(uri.toString());
        if (url == null) {
            throw new IllegalArgumentException("baseUrl must have a host of letters, digits, dots and hyphens");
        }
        String path = String.valueOf(uri.getRawPath());
        if (path.contains("//") || path.contains("/.") || path.contains("%") || path.contains(";")) {
            throw new IllegalArgumentException(
                    "baseUrl must have a plain path, without empty or dot segments, escapes and parameters");
        }
        return url;
    }

    /** Checks a part of the path that the program chooses. */
    static String name(String parameter, String value) {
        Objects.requireNonNull(value, parameter);
        if (!NAME.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    parameter + " must be one plain path segment of letters, digits and . _ ~ -");
        }
        return value;
    }

    HttpUrl collection() {
        return collection;
    }

    /** The URL of a checked id; what was built is compared with what was meant. */
    HttpUrl item(String id) {
        int leading = collection.pathSize() - (trailingSlash ? 1 : 0);
        HttpUrl.Builder builder = collection.newBuilder();
        if (trailingSlash) {
            builder.setPathSegment(leading, id).addPathSegment("");
        } else {
            builder.addPathSegment(id);
        }
        HttpUrl url = builder.build();
        if (id.indexOf(';') >= 0) {
            // OkHttp leaves it as it is, and servers take what follows for a parameter of the path.
            String encoded = url.encodedPathSegments().get(leading).replace(";", "%3B");
            url = url.newBuilder().setEncodedPathSegment(leading, encoded).build();
        }
        List<String> parts = url.pathSegments();
        boolean asMeant = parts.size() == collection.pathSize() + 1
                && parts.subList(0, leading).equals(collection.pathSegments().subList(0, leading))
                && parts.get(leading).equals(id)
                && url.encodedPathSegments().get(leading).indexOf(';') < 0
                && (!trailingSlash || parts.get(leading + 1).isEmpty())
                && url.scheme().equals(collection.scheme())
                && url.host().equals(collection.host())
                && url.port() == collection.port()
                && url.query() == null
                && url.fragment() == null;
        if (!asMeant) {
            throw new IllegalArgumentException("the id cannot stand in a URL");
        }
        return url;
    }

    /**
     * Our own URL for the page a provider linked to: only its query is taken, host and scheme never, so a link to a foreign or
     * an internal host does no harm. Empty when the link is not to this list.
     */
    Optional<HttpUrl> rebase(String link) {
        @Nullable HttpUrl target = link.length() > MAX_LINK ? null : collection.resolve(link);
        if (target == null || !isCollection(target.encodedPath())) {
            return Optional.empty();
        }
        return Optional.of(
                collection.newBuilder().encodedQuery(target.encodedQuery()).build());
    }

    /** The id in a Location that leads to an item of this collection. */
    Optional<String> idIn(String location) {
        @Nullable
        HttpUrl target = location.isEmpty() || location.length() > MAX_LINK ? null : collection.resolve(location);
        if (target == null) {
            return Optional.empty();
        }
        String path = withoutSlash(target.encodedPath());
        int cut = path.lastIndexOf('/');
        if (cut < 0 || !isCollection(path.substring(0, cut))) {
            return Optional.empty();
        }
        List<String> parts = target.pathSegments();
        String last = parts.get(parts.size() - 1);
        return Optional.of(last.isEmpty() && parts.size() > 1 ? parts.get(parts.size() - 2) : last);
    }

    /** A provider behind a proxy may not know the path of our base URL. */
    private boolean isCollection(String path) {
        String plain = withoutSlash(path);
        return plain.equals(withoutSlash(collection.encodedPath())) || plain.equals(ownPath);
    }

    private static String withoutSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
