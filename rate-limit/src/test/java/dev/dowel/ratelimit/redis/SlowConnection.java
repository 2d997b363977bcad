package dev.dowel.ratelimit.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Stands between a client and its server. What the client says passes; what the server says trickles, byte by byte. */
final class SlowConnection implements AutoCloseable {
    private final ServerSocket entrance;
    private final URI server;
    private volatile CountDownLatch fast = new CountDownLatch(0);
    private volatile boolean closed;

    SlowConnection(URI server) throws IOException {
        this.server = server;
        this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    URI uri() {
        return URI.create("redis://127.0.0.1:" + entrance.getLocalPort());
    }

    /** From now on a byte comes every 100 ms. */
    void slowDown() {
        fast = new CountDownLatch(1);
    }

    /** What waits comes at once. */
    void speedUp() {
        fast.countDown();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = entrance.accept();
                Socket upstream = new Socket(server.getHost(), server.getPort());
                start(() -> pass(client, upstream, false));
                start(() -> pass(upstream, client, true));
            } catch (IOException e) {
                if (!closed) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void pass(Socket from, Socket to, boolean trickling) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int one = in.read(); one >= 0; one = in.read()) {
                if (trickling) {
                    fast.await(100, TimeUnit.MILLISECONDS);
                }
                out.write(one);
            }
        } catch (IOException gone) {
            // One of the two ended the connection.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "slow-connection");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        speedUp();
        entrance.close();
    }
}
