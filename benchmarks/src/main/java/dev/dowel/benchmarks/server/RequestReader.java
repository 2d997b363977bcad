package dev.dowel.benchmarks.server;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads one HTTP/1.1 request after the other: as much of the protocol as the contenders use. */
final class RequestReader {

    private final InputStream in;
    private final byte[] buffer = new byte[16 * 1024];
    private final byte[] line = new byte[16 * 1024];
    private int from;
    private int to;
    private String target = "";
    private byte[] body = {};

    RequestReader(InputStream in) {
        this.in = in;
    }

    /** Reads the next request; false when the client is done. */
    boolean next() throws IOException {
        if (from == to && !fill()) {
            return false;
        }
        target = readLine().split(" ", 3)[1];
        int length = 0;
        boolean chunked = false;
        for (String header = readLine(); !header.isEmpty(); header = readLine()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length =
                        Integer.parseInt(lower.substring(lower.indexOf(':') + 1).strip());
            } else if (lower.startsWith("transfer-encoding:")) {
                chunked = true;
            }
        }
        body = chunked ? readChunks() : readBytes(length);
        return true;
    }

    String target() {
        return target;
    }

    byte[] body() {
        return body;
    }

    private byte[] readChunks() throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        int size = Integer.parseInt(readLine(), 16);
        while (size > 0) {
            whole.writeBytes(readBytes(size));
            readLine();
            size = Integer.parseInt(readLine(), 16);
        }
        readLine();
        return whole.toByteArray();
    }

    private byte[] readBytes(int length) throws IOException {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = read();
        }
        return bytes;
    }

    private String readLine() throws IOException {
        int length = 0;
        for (byte b = read(); b != '\n'; b = read()) {
            line[length++] = b;
        }
        return new String(line, 0, length - 1, StandardCharsets.ISO_8859_1);
    }

    private byte read() throws IOException {
        if (from == to && !fill()) {
            throw new EOFException("the connection ended within a request");
        }
        return buffer[from++];
    }

    private boolean fill() throws IOException {
        from = 0;
        to = Math.max(0, in.read(buffer));
        return to > 0;
    }
}
