package dev.dowel.benchmarks.ratelimit;

import java.util.stream.IntStream;

/** Clients, in networks of 256. */
final class Addresses {
    private Addresses() {}

    static String[] of(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255))
                .toArray(String[]::new);
    }
}
