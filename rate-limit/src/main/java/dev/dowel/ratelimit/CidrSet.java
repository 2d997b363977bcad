package dev.dowel.ratelimit;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A set of addresses, such as those of one's own proxies. Immutable. */
public final class CidrSet {
    private static final CidrSet NONE = new CidrSet(new long[0]);
    private static final int WIDTH = 4;

    /** For each block its two halves and their two masks. */
    private final long[] blocks;

    private CidrSet(long[] blocks) {
        this.blocks = blocks;
    }

    /**
     * Returns the empty set.
     *
     * @return a set that has no address
     */
    public static CidrSet none() {
        return NONE;
    }

    /**
     * Reads a list such as {@code 10.0.0.0/8, 2001:db8::/32, 192.0.2.7}. Host names are refused; DNS is never asked.
     *
     * @param list addresses and blocks, separated by commas or white space; may be empty
     * @return the set
     * @throws IllegalArgumentException if a part is neither an address nor a block, or a block has bits behind its prefix
     */
    public static CidrSet parse(String list) {
        String[] parts = Objects.requireNonNull(list, "list").strip().split("[,\\s]+", -1);
        if (parts.length == 1 && parts[0].isEmpty()) {
            return NONE;
        }
        long[] blocks = new long[parts.length * WIDTH];
        for (int i = 0; i < parts.length; i++) {
            block(parts[i], blocks, i * WIDTH);
        }
        return new CidrSet(blocks);
    }

    private static void block(String part, long[] blocks, int at) {
        int slash = part.indexOf('/');
        @Nullable ClientAddress address = AddressParser.parse(part, 0, slash < 0 ? part.length() : slash);
        if (address == null || part.indexOf('%') >= 0) {
            throw new IllegalArgumentException("Not an address or a block such as 10.0.0.0/8: " + shortened(part));
        }
        boolean dotted = address.isIpv4() && part.indexOf(':') < 0;
        int widest = dotted ? 32 : 128;
        int bits = slash < 0 ? widest : bits(part.substring(slash + 1), widest, part);
        int prefix = dotted ? bits + 96 : bits;
        blocks[at + 2] = prefix >= 64 ? -1 : mask(prefix);
        blocks[at + 3] = prefix <= 64 ? 0 : mask(prefix - 64);
        blocks[at] = address.high() & blocks[at + 2];
        blocks[at + 1] = address.low() & blocks[at + 3];
        if (blocks[at] != address.high() || blocks[at + 1] != address.low()) {
            throw new IllegalArgumentException("A block has only zeros behind its prefix: " + shortened(part));
        }
    }

    private static int bits(String text, int widest, String part) {
        if (!text.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(text) > widest) {
            throw new IllegalArgumentException("A block's prefix is 0 to " + widest + " bits long: " + shortened(part));
        }
        return Integer.parseInt(text);
    }

    private static long mask(int bits) {
        return bits == 0 ? 0 : -1L << (64 - bits);
    }

    private static String shortened(String part) {
        return part.length() <= 60 ? part : part.substring(0, 60) + "...";
    }

    /**
     * Tells whether an address is in the set.
     *
     * @param address the address
     * @return false if it is not, or not known
     */
    public boolean contains(ClientAddress address) {
        for (int i = 0; i < blocks.length; i += WIDTH) {
            if ((address.high() & blocks[i + 2]) == blocks[i]
                    && (address.low() & blocks[i + 3]) == blocks[i + 1]
                    && !address.isUnknown()) {
                return true;
            }
        }
        return false;
    }

    boolean isEmpty() {
        return blocks.length == 0;
    }

    /** Tells whether every IPv4 or every IPv6 address is in the set by one block. */
    boolean containsEverybody() {
        for (int i = 0; i < blocks.length; i += WIDTH) {
            boolean all = blocks[i + 2] == 0;
            boolean allOfIpv4 = blocks[i + 3] == (-1L << 32) && blocks[i + 1] == (0xffffL << 32);
            if (all || allOfIpv4) {
                return true;
            }
        }
        return false;
    }
}
