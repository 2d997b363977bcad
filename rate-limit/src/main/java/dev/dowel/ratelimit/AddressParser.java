package dev.dowel.ratelimit;

import org.jspecify.annotations.Nullable;

/**
 * Reads literal addresses, strictly, and never asks DNS. IPv4 is four decimal numbers without leading zeros; IPv6 is as in
 * RFC 4291 section 2.2, a zone id (RFC 4007) is dropped.
 */
final class AddressParser {
    private static final int GROUPS = 8;
    private static final int LONGEST = 80;
    private static final long WRONG = -1;

    private AddressParser() {}

    /** Returns the address, or null if the text is not one literal address and nothing else. */
    static @Nullable ClientAddress parse(CharSequence text, int start, int end) {
        if (end - start < 2 || end - start > LONGEST) {
            return null;
        }
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (c == ':') {
                return ipv6(text, start, end);
            }
            if (c == '.') {
                break;
            }
        }
        long address = ipv4(text, start, end);
        return address == WRONG ? null : ClientAddress.ipv4(address);
    }

    private static long ipv4(CharSequence text, int start, int end) {
        long address = 0;
        int i = start;
        for (int part = 0; part < 4; part++) {
            if (part > 0) {
                if (i >= end || text.charAt(i) != '.') {
                    return WRONG;
                }
                i++;
            }
            int first = i;
            int value = 0;
            while (i < end && i - first < 3 && digit(text.charAt(i), 10) >= 0) {
                value = value * 10 + digit(text.charAt(i), 10);
                i++;
            }
            if (i == first || value > 255 || (i - first > 1 && text.charAt(first) == '0')) {
                return WRONG;
            }
            address = (address << 8) | value;
        }
        return i == end ? address : WRONG;
    }

    private static @Nullable ClientAddress ipv6(CharSequence text, int start, int fullEnd) {
        int end = zone(text, start, fullEnd);
        Groups head = new Groups();
        Groups tail = new Groups();
        boolean gap = false;
        int i = start;
        if (text.charAt(i) == ':') {
            if (i + 1 >= end || text.charAt(i + 1) != ':') {
                return null;
            }
            gap = true;
            i += 2;
        }
        while (i < end) {
            Groups current = gap ? tail : head;
            int next = groupEnd(text, i, end);
            if (next < end && text.charAt(next) == '.') {
                long embedded = ipv4(text, i, end);
                if (embedded == WRONG) {
                    return null;
                }
                current.push((int) (embedded >>> 16));
                current.push((int) (embedded & 0xffff));
                break;
            }
            if (next == i) {
                return null;
            }
            current.push(group(text, i, next));
            i = next;
            if (i == end) {
                break;
            }
            if (text.charAt(i) != ':' || i + 1 == end) {
                return null;
            }
            i++;
            if (text.charAt(i) == ':') {
                if (gap) {
                    return null;
                }
                gap = true;
                i++;
            }
        }
        int groups = head.count + tail.count;
        if (gap ? groups >= GROUPS : groups != GROUPS) {
            return null;
        }
        head.shiftLeft(GROUPS - head.count);
        return new ClientAddress(head.high | tail.high, head.low | tail.low);
    }

    /** Returns where up to four hexadecimal digits end. */
    private static int groupEnd(CharSequence text, int start, int end) {
        int i = start;
        while (i < end && i - start < 4 && digit(text.charAt(i), 16) >= 0) {
            i++;
        }
        return i;
    }

    private static int group(CharSequence text, int start, int end) {
        int value = 0;
        for (int i = start; i < end; i++) {
            value = (value << 4) | digit(text.charAt(i), 16);
        }
        return value;
    }

    /** Up to eight groups of 16 bits, the last one pushed being the lowest. */
    private static final class Groups {
        private long high;
        private long low;
        private int count;

        void push(int group) {
            high = (high << 16) | (low >>> 48);
            low = (low << 16) | group;
            count++;
        }

        void shiftLeft(int groups) {
            for (int i = 0; i < groups; i++) {
                high = (high << 16) | (low >>> 48);
                low <<= 16;
            }
        }
    }

    /** Returns where the address ends and a zone id begins; a percent sign with nothing behind it is left to be refused. */
    private static int zone(CharSequence text, int start, int end) {
        for (int i = start; i < end; i++) {
            if (text.charAt(i) == '%') {
                return i + 1 < end && plainZone(text, i + 1, end) ? i : end;
            }
        }
        return end;
    }

    private static boolean plainZone(CharSequence text, int start, int end) {
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (!letter && digit(c, 10) < 0 && c != '.' && c != '_' && c != '-') {
                return false;
            }
        }
        return true;
    }

    /** Returns an ASCII digit's value, or -1. */
    private static int digit(char c, int radix) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        if (radix == 16) {
            char lower = (char) (c | 0x20);
            return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
        }
        return -1;
    }
}
