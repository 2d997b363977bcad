package dev.dowel.benchmarks.server;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/** One keep-alive connection of the {@link BookServer}; each answer is one write. */
final class Connection implements Runnable {

    private static final String COLLECTION = "/api/v1/books";
    private static final byte[] HUNDRED = answer(200, Bodies.books(LongStream.range(0, 100)));
    private static final byte[] ABSENT = answer(404, Bodies.notFound());

    private final Socket socket;
    private final AtomicLong requests;
    private final long delayMillis;

    Connection(Socket socket, AtomicLong requests, long delayMillis) {
        this.socket = socket;
        this.requests = requests;
        this.delayMillis = delayMillis;
    }

    @Override
    public void run() {
        try (socket) {
            RequestReader reader = new RequestReader(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            while (reader.next()) {
                requests.incrementAndGet();
                if (delayMillis > 0) {
                    Thread.sleep(delayMillis);
                }
                out.write(answer(reader.target(), reader.body()));
            }
        } catch (IOException | UncheckedIOException lost) {
            // The client closed the connection, as it may.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] answer(String target, byte[] body) {
        if (body.length > 0) {
            return answer(201, body);
        }
        if (target.equals(COLLECTION)) {
            return HUNDRED;
        }
        if (target.startsWith(COLLECTION + "?id__in=")) {
            String ids = target.substring(target.indexOf('=') + 1).replace("%2C", ",");
            return answer(200, Bodies.books(Arrays.stream(ids.split(",", -1)).mapToLong(Long::parseLong)));
        }
        if (!target.startsWith(COLLECTION + "/")) {
            return ABSENT;
        }
        long id = Long.parseLong(target.substring(COLLECTION.length() + 1));
        return id < Bodies.MISSING ? answer(200, Bodies.book(id)) : ABSENT;
    }

    private static byte[] answer(int status, byte[] body) {
        byte[] head = Bodies.ascii("HTTP/1.1 " + status + " Any\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length + "\r\n\r\n");
        byte[] whole = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, whole, head.length, body.length);
        return whole;
    }
}
