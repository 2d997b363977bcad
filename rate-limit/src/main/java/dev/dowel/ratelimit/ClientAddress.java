package dev.dowel.ratelimit;

import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The address of a client in 128 bits; an IPv4 address is the lower 32 of {@code ::ffff:0:0/96}. As a key it stands for
 * what one client has: an IPv4 address, the /64 of an IPv6 address, the /48 that 6to4 gives an IPv4 address. All clients
 * without a usable address are one. Immutable.
 */
public final class ClientAddress implements RateLimitKey {
    static final ClientAddress UNKNOWN = new ClientAddress(0, 0);

    private static final long IPV4 = 0xffffL;
    private static final long NAT64 = 0x0064_ff9b_0000_0000L;
    private static final long SIX_TO_FOUR = 0x2002L;

    private final long high;
    private final long low;

    ClientAddress(long high, long low) {
        this.high = high;
        this.low = low;
    }

    /**
     * Reads one literal address, strictly; DNS is never asked. IPv4 is four decimal numbers without leading zeros, IPv6 is
     * as in RFC 4291, a zone id is dropped. IPv4-mapped addresses and those of 64:ff9b::/96 are the IPv4 address.
     *
     * @param text an address and nothing else
     * @return the address; empty if the text is anything else, or 0.0.0.0 or ::
     */
    public static Optional<ClientAddress> parse(CharSequence text) {
        return Optional.ofNullable(parse(text, 0, text.length()));
    }

    static @Nullable ClientAddress parse(CharSequence text, int start, int end) {
        ClientAddress address = AddressParser.parse(text, start, end);
        if (address == null) {
            return null;
        }
        boolean nat64 = address.high == NAT64 && address.low >>> 32 == 0;
        ClientAddress folded = nat64 ? ipv4(address.low) : address;
        return folded.isUnspecified() ? null : folded;
    }

    static ClientAddress ipv4(long address) {
        return new ClientAddress(0, (IPV4 << 32) | address);
    }

    private boolean isUnspecified() {
        return high == 0 && (low == 0 || low == (IPV4 << 32));
    }

    /**
     * Tells the family.
     *
     * @return whether it is an IPv4 address
     */
    public boolean isIpv4() {
        return high == 0 && low >>> 32 == IPV4;
    }

    boolean isUnknown() {
        return high == 0 && low == 0;
    }

    boolean isIpv6() {
        return !isIpv4() && !isUnknown();
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }

    /** Returns what is counted: the IPv4 address, the /64, or the /48 of 6to4. */
    long network() {
        if (isIpv4()) {
            return low;
        }
        return high >>> 48 == SIX_TO_FOUR ? high & ~0xffffL : high;
    }

    /** Returns the network that many clients of one operator share: the /24 of an IPv4 address, the /48 of an IPv6 one. */
    long neighbourhood() {
        return isIpv4() ? low >>> 8 : high >>> 16;
    }

    @Override
    public String text() {
        if (isIpv4()) {
            return "4-" + HexFormat.of().toHexDigits(low, 8);
        }
        return isUnknown() ? "unknown" : "6-" + HexFormat.of().toHexDigits(network());
    }

    private byte family() {
        if (isIpv4()) {
            return 4;
        }
        return (byte) (isUnknown() ? 0 : 6);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClientAddress that && network() == that.network() && family() == that.family();
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(network()) + family();
    }

    @Override
    public String toString() {
        return text();
    }
}
