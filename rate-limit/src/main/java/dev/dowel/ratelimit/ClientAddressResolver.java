package dev.dowel.ratelimit;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Finds whose request it is. Called once for each request, on its thread, possibly by several at once; must not ask DNS,
 * and must give {@link #peer()}'s answer where it does not trust what the request says.
 */
@FunctionalInterface
public interface ClientAddressResolver {
    /** A header by which proxies pass the client's address on. */
    enum Header {
        /** {@code X-Forwarded-For: client, proxy, proxy}. */
        X_FORWARDED_FOR("X-Forwarded-For"),
        /** {@code Forwarded: for=client, for=proxy} as in RFC 7239. */
        FORWARDED("Forwarded");

        private final String field;

        Header(String field) {
            this.field = field;
        }

        String field() {
            return field;
        }

        Header other() {
            return this == FORWARDED ? X_FORWARDED_FOR : FORWARDED;
        }
    }

    /**
     * Finds the client.
     *
     * @param request the request
     * @return the client's address; never null
     */
    ClientAddress resolve(HttpServletRequest request);

    /**
     * Trusts nobody: the client is the peer of the connection, whatever the headers say. The default.
     *
     * @return a resolver that is safe for use by several threads
     */
    static ClientAddressResolver peer() {
        return PeerAddress.INSTANCE;
    }

    /**
     * Trusts proxies by their addresses: if the peer is trusted, the header is read from right to left, trusted addresses
     * are passed over, and the first one that is not trusted is the client. Where an element is no address, or all of the
     * last 32 are trusted, the client is the last trusted one before.
     *
     * @param header what the proxies set; the other one is ignored
     * @param trusted the proxies, and nobody else
     * @return a resolver that is safe for use by several threads
     * @throws IllegalArgumentException if the set is empty, or has everybody: then each client could choose its address
     */
    static ClientAddressResolver forwarded(Header header, CidrSet trusted) {
        return new ForwardedAddress(header, trusted, 0);
    }

    /**
     * Trusts proxies by their number: if the peer is one of them, the client is the element that many places from the right
     * (one proxy: the last element), or the first there is. Where that is no address, the client is the nearest proxy whose
     * address is known.
     *
     * @param header what the proxies set; the other one is ignored
     * @param hops how many proxies each request passes, 1 to 32
     * @param peers the addresses of the last of them
     * @return a resolver that is safe for use by several threads
     * @throws IllegalArgumentException if the number is out of its range, or the set is empty or has everybody
     */
    static ClientAddressResolver trustedHops(Header header, int hops, CidrSet peers) {
        if (hops < 1 || hops > ForwardedAddress.MOST_HOPS) {
            throw new IllegalArgumentException("hops is 1 to " + ForwardedAddress.MOST_HOPS + ", not " + hops);
        }
        return new ForwardedAddress(header, peers, hops);
    }
}
