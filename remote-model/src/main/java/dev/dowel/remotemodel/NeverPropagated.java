package dev.dowel.remotemodel;

import java.util.Locale;
import java.util.Set;

/** The headers that belong to one hop, one body or one client, and must not be copied to another call. */
final class NeverPropagated {

    private static final Set<String> NAMES = Set.of(
            // one connection
            "connection",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "http2-settings",
            // one message
            "host",
            "content-length",
            "content-type",
            "content-encoding",
            "expect",
            // what the inbound client can read, has cached or wants repeated: not what we can, have or want
            "accept",
            "accept-encoding",
            "range",
            "cache-control",
            "idempotency-key",
            // who came from where
            "forwarded",
            "x-real-ip",
            "via",
            // another method or path than the one that was checked
            "x-http-method",
            "x-http-method-override",
            "x-method-override",
            "x-original-url",
            "x-rewrite-url",
            // credentials go through Credentials only
            "authorization",
            "cookie",
            "cookie2",
            "set-cookie");

    private NeverPropagated() {}

    static boolean contains(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replace('_', '-');
        return plain.startsWith(":")
                || plain.startsWith("proxy-")
                || plain.startsWith("if-")
                || plain.startsWith("x-forwarded-")
                || NAMES.contains(plain);
    }
}
