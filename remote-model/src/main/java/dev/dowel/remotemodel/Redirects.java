package dev.dowel.remotemodel;

import java.util.Optional;
import java.util.Set;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** Which redirects are followed: those of a GET to another place of the same service, and only so many of them. */
final class Redirects {

    static final int MAX = 10;

    private static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);

    private final int limit;
    private final HttpUrl root;

    /** The path of {@code root} ends in a slash; everything of the service is below it. */
    Redirects(int limit, HttpUrl root) {
        this.limit = limit;
        this.root = root;
    }

    int limit() {
        return limit;
    }

    /** Where to ask next; empty when the answer is none of these redirects. */
    Optional<HttpUrl> target(Ask ask, Answer answer) {
        if (ask.verb() != Verb.GET || !STATUSES.contains(answer.status())) {
            return Optional.empty();
        }
        String location = answer.header("Location");
        @Nullable
        HttpUrl target = location.isEmpty() || location.length() > EntityUrls.MAX_LINK
                ? null
                : ask.url().resolve(location);
        return Optional.ofNullable(target).filter(this::isOurs);
    }

    private boolean isOurs(HttpUrl target) {
        return target.scheme().equals(root.scheme())
                && target.host().equals(root.host())
                && target.port() == root.port()
                && target.username().isEmpty()
                && target.password().isEmpty()
                && target.encodedPath().startsWith(root.encodedPath())
                // Escapes of escapes mean something else to each who decodes them.
                && !target.encodedPath().contains("%25")
                && !IdText.climbs(target.encodedPath());
    }
}
