package dev.dowel.benchmarks.server;

import java.nio.charset.StandardCharsets;
import java.util.stream.LongStream;

/** The texts of the answers. */
final class Bodies {

    /** Ids from here on do not exist. */
    static final long MISSING = 1_000_000;

    private static final String REST = ",\"title\":\"" + "A title of some length. ".repeat(5)
            + "\",\"author\":\"" + "An author, and another one. ".repeat(5)
            + "\",\"pages\":321,\"price\":19.95,\"available\":true}";

    private Bodies() {}

    /** One book, of about 380 bytes. */
    static byte[] book(long id) {
        return ascii("{\"id\":" + id + REST);
    }

    static byte[] books(LongStream ids) {
        StringBuilder list = new StringBuilder("[");
        ids.forEach(id -> list.append(list.length() > 1 ? "," : "")
                .append("{\"id\":")
                .append(id)
                .append(REST));
        return ascii(list.append(']').toString());
    }

    static byte[] notFound() {
        return ascii("{\"detail\":\"Not found.\"}");
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
