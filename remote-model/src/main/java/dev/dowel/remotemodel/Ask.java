package dev.dowel.remotemodel;

import java.util.Map;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** One logical call, before it is sent once or several times. */
record Ask(
        EntityScope scope,
        Operation operation,
        Verb verb,
        HttpUrl url,
        @Nullable Payload payload,
        Map<String, String> headers,
        Caller caller) {

    private static final int MAX_SHOWN = 1_000;

    static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    static final String IF_MATCH = "If-Match";

    static Ask get(EntityScope scope, Operation operation, HttpUrl url, Caller caller) {
        return new Ask(scope, operation, Verb.GET, url, null, Map.of(), caller);
    }

    /** Whether sending it twice is the same as sending it once. A creation by PUT has no id of ours, so it is not. */
    boolean isRepeatable() {
        return headers.containsKey(IDEMPOTENCY_KEY) || (verb.isRepeatable() && operation != Operation.CREATE);
    }

    Ask as(Caller other) {
        return new Ask(scope, operation, verb, url, payload, headers, other);
    }

    Ask to(HttpUrl other) {
        return new Ask(scope, operation, verb, other, payload, headers, caller);
    }

    /** What is sent with it. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Payload(byte[] bytes, String mediaType) {
        @Override
        public String toString() {
            return "Payload[" + bytes.length + " bytes]";
        }
    }

    /** Tells whether it is made beside a request, and then once at most. */
    boolean isBeside() {
        return caller.context().map(RequestContext::isBeside).orElse(false);
    }

    static String plain(HttpUrl url) {
        String plain = url.newBuilder().query(null).fragment(null).build().toString();
        return plain.length() <= MAX_SHOWN ? plain : plain.substring(0, MAX_SHOWN) + "...";
    }

    /** The method and the URL without its query, for messages. */
    @Override
    public String toString() {
        return verb + " " + plain(url);
    }
}
