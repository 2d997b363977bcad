package dev.dowel.remotemodel;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How one view of a model differs from the model.
 *
 * @param context the request it is on behalf of, null for the thread's
 * @param credentials what is sent instead of the service's credentials, null for those
 * @param fresh whether reads pass by what the request has read before
 * @param limit how long a call may take instead of the service's call timeout, null for that
 * @param ifMatch the ETag that writes require, empty for none
 * @param idempotencyKey the key that a POST or PATCH carries, empty for the service's way
 */
record View(
        @Nullable RequestContext context,
        @Nullable Credentials credentials,
        boolean fresh,
        @Nullable Duration limit,
        String ifMatch,
        String idempotencyKey) {

    private static final Pattern ETAG = Pattern.compile("\\*|(W/)?\"[!#-~]{0,8192}\"");
    private static final Pattern KEY = Pattern.compile("[ !#-\\[\\]-~]{1,255}");

    static final View PLAIN = new View(null, null, false, null, "", "");

    View in(RequestContext request) {
        return new View(Objects.requireNonNull(request, "request"), credentials, fresh, limit, ifMatch, idempotencyKey);
    }

    View as(Credentials authorization) {
        return new View(
                context, Objects.requireNonNull(authorization, "authorization"), fresh, limit, ifMatch, idempotencyKey);
    }

    View afresh() {
        return new View(context, credentials, true, limit, ifMatch, idempotencyKey);
    }

    View within(Duration time) {
        Duration checked = Deadline.requireTimeout("limit", Objects.requireNonNull(time, "limit"));
        return new View(context, credentials, fresh, checked, ifMatch, idempotencyKey);
    }

    View ifMatch(String etag) {
        if (!ETAG.matcher(etag).matches()) {
            throw new IllegalArgumentException("etag must be \"...\", W/\"...\" or *");
        }
        return new View(context, credentials, fresh, limit, etag, idempotencyKey);
    }

    View idempotencyKey(String key) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("key must be 1 to 255 printable ASCII characters without \" and \\");
        }
        return new View(context, credentials, fresh, limit, ifMatch, key);
    }

    void requireNoMatch() {
        if (!ifMatch.isEmpty()) {
            throw new IllegalStateException("ifMatch is for update, patch and delete; create has no entity to match");
        }
    }

    /** What writes carry. A key stands in quotes, as a string of structured fields (RFC 9651). */
    Map<String, String> headers() {
        Map<String, String> headers = new HashMap<>();
        if (!ifMatch.isEmpty()) {
            headers.put(Ask.IF_MATCH, ifMatch);
        }
        if (!idempotencyKey.isEmpty()) {
            headers.put(Ask.IDEMPOTENCY_KEY, '"' + idempotencyKey + '"');
        }
        return headers;
    }

    /** Nothing of a view but its kind: an ETag or a key may be anything. */
    @Override
    public String toString() {
        return "View";
    }
}
