package dev.dowel.remotemodel;

import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** One logical call, before it is sent once or several times. */
record Ask(Verb verb, HttpUrl url, @Nullable Payload payload, Caller caller) {

    static Ask get(HttpUrl url, Caller caller) {
        return new Ask(Verb.GET, url, null, caller);
    }

    /** What is sent with it. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Payload(byte[] bytes, String mediaType) {
        @Override
        public String toString() {
            return "Payload[" + bytes.length + " bytes]";
        }
    }

    static String plain(HttpUrl url) {
        return url.newBuilder().query(null).fragment(null).build().toString();
    }

    /** The method and the URL without its query, for messages. */
    @Override
    public String toString() {
        return verb + " " + plain(url);
    }
}
