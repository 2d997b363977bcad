package dev.dowel.messaging;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** Passes bytes between clients and a broker, until a client says a certain thing: from then on the broker hears nothing of it. */
final class MutingProxy implements Closeable {
    /** What is not to reach the broker. */
    enum Word {
        PUBLISH(40),
        ACK(80);

        private static final int BASIC = 60;
        private final int method;

        Word(int method) {
            this.method = method;
        }

        boolean in(byte[] chunk, int length) {
            for (int i = 0; i + 4 <= length; i++) {
                if (chunk[i] == 0 && chunk[i + 1] == BASIC && chunk[i + 2] == 0 && chunk[i + 3] == method) {
                    return true;
                }
            }
            return false;
        }
    }

    private record Rule(String connection, Word word) {}

    private final URI broker;
    private final ServerSocket server;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final CountDownLatch muted = new CountDownLatch(1);
    private volatile Rule rule;

    MutingProxy(URI broker) throws IOException {
        this.broker = broker;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    URI uri() {
        return URI.create(broker.toString().replace(":" + broker.getPort(), ":" + server.getLocalPort()));
    }

    /** Lets nothing through any more that the connection with this in its name says, from the first such word on. */
    void muteFrom(String connection, Word word) {
        rule = new Rule(connection, word);
    }

    CountDownLatch muted() {
        return muted;
    }

    /** Lets new connections speak, and ends those there are. */
    void unmute() {
        rule = null;
        sockets.forEach(MutingProxy::closeQuietly);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                try {
                    Socket to = new Socket(InetAddress.getLoopbackAddress(), broker.getPort());
                    sockets.add(client);
                    sockets.add(to);
                    daemon(() -> pump(client, to, true));
                    daemon(() -> pump(to, client, false));
                } catch (IOException brokerIsAway) {
                    client.close();
                }
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void pump(Socket from, Socket to, boolean spoken) {
        byte[] chunk = new byte[64 * 1024];
        StringBuilder greeting = new StringBuilder();
        boolean mute = false;
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                if (greeting.length() < 4_096) {
                    greeting.append(new String(chunk, 0, length, StandardCharsets.ISO_8859_1));
                }
                Rule now = rule;
                if (spoken
                        && now != null
                        && greeting.indexOf(now.connection()) >= 0
                        && now.word().in(chunk, length)) {
                    mute = true;
                    muted.countDown();
                }
                if (!mute) {
                    out.write(chunk, 0, length);
                }
            }
        } catch (IOException ended) {
            // Either end has gone.
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        sockets.forEach(MutingProxy::closeQuietly);
    }
}
