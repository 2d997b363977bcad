package dev.dowel.ratelimit;

/**
 * Whom calls are counted for: an IPv4 address, the /64 of an IPv6 address, or everybody whose address is not known. It is
 * the same for every spelling of an address. Holds no text of the request.
 *
 * @param network the address's leading 64 bits; an IPv4 address stands in the lower 32
 * @param kind what the number is
 */
public record ClientKey(long network, Kind kind) {
    /** What a key's number is. */
    public enum Kind {
        /** An IPv4 address, or an IPv6 one that stands for one. */
        IPV4,
        /** The /64 an IPv6 address lies in. */
        IPV6,
        /** The /48 that 6to4 gives an IPv4 address. */
        IPV6_6TO4,
        /** No usable address: all such clients share one limit. */
        UNKNOWN
    }

    static final ClientKey UNKNOWN = new ClientKey(0, Kind.UNKNOWN);

    /**
     * Returns the network that many clients of one operator share: the /24 of an IPv4 address, the /48 of an IPv6 one.
     *
     * @return the leading bits
     */
    long coarse() {
        return kind == Kind.IPV4 ? network >>> 8 : network >>> 16;
    }
}
