package dev.dowel.benchmarks.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The program of {@link ServerProcess}: prints its port, answers each line on its standard input with the number of requests
 * since the last line, and ends with that input, that is with its parent at the latest.
 */
public final class BookServer {

    private static final int BACKLOG = 1024;

    private BookServer() {}

    /** Serves; the argument is how many milliseconds each answer waits. */
    public static void main(String[] arguments) throws IOException {
        long delayMillis = Long.parseLong(arguments[0]);
        AtomicLong requests = new AtomicLong();
        try (ServerSocket server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress())) {
            Thread acceptor = new Thread(() -> accept(server, requests, delayMillis), "acceptor");
            acceptor.setDaemon(true);
            acceptor.start();
            System.out.println(server.getLocalPort());
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
            while (in.readLine() != null) {
                System.out.println(requests.getAndSet(0));
            }
        }
        Runtime.getRuntime().halt(0);
    }

    private static void accept(ServerSocket server, AtomicLong requests, long delayMillis) {
        try {
            while (true) {
                Socket socket = server.accept();
                // Without this an answer may wait 40 ms for the acknowledgement of the one before.
                socket.setTcpNoDelay(true);
                Thread thread =
                        new Thread(null, new Connection(socket, requests, delayMillis), "connection", 128 * 1024);
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException closed) {
            // The program ends.
        }
    }
}
