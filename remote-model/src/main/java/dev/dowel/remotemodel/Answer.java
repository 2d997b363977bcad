package dev.dowel.remotemodel;

import java.util.Locale;
import java.util.Optional;
import okhttp3.Headers;

/**
 * What came back, read to its end or to the limit.
 *
 * @param status the HTTP status
 * @param headers the response headers
 * @param retryAfter the Retry-After header, empty when there was none
 * @param body the body, cut for errors
 * @param repeated whether an earlier attempt may have been carried out
 * @param renewed whether another credential was sent than the caller's, which was rejected
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Answer(int status, Headers headers, String retryAfter, byte[] body, boolean repeated, boolean renewed)
        implements Transport.Response {

    Answer(int status, Headers headers, String retryAfter, byte[] body) {
        this(status, headers, retryAfter, body, false, false);
    }

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** A 404 or 410 of the provider's own; an HTML page comes from a proxy or a wrong base URL. */
    boolean isAbsent() {
        return (status == 404 || status == 410) && (body.length == 0 || isJson());
    }

    boolean isJson() {
        String type = mediaType();
        return type.equals("application/json") || (type.startsWith("application/") && type.endsWith("+json"));
    }

    /** A text that may be JSON: its type is, or is not given. */
    boolean isDocument() {
        return body.length > 0 && (isJson() || mediaType().isEmpty());
    }

    /** The media type without parameters, empty when not given. */
    String mediaType() {
        String type = header("Content-Type");
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    String header(String name) {
        String value = headers.get(name);
        return value == null ? "" : value;
    }

    Reply toReply() {
        // What is stored is found again by who has the credential that was rejected.
        boolean storable = !renewed;
        for (String value : headers.values("Cache-Control")) {
            storable &= !value.toLowerCase(Locale.ROOT).contains("no-store");
        }
        return isAbsent()
                ? new Reply(true, new byte[0], storable, "", PageLinks.NONE)
                : new Reply(false, body, storable, header("ETag"), PageLinks.of(headers.values("Link")));
    }

    @Override
    public Optional<String> retryAfterHeader() {
        return retryAfter.isEmpty() ? Optional.empty() : Optional.of(retryAfter);
    }

    Answer afterRepeat(boolean wasSentBefore) {
        return wasSentBefore == repeated ? this : new Answer(status, headers, retryAfter, body, wasSentBefore, renewed);
    }

    Answer afterRenewal() {
        return new Answer(status, headers, retryAfter, body, repeated, true);
    }

    @Override
    public String toString() {
        return "Answer[" + status + "]";
    }
}
