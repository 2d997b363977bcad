package dev.dowel.messaging;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A stretch of network between a client and a broker: it can swallow either direction or take no more, and keeps what clients said. */
public final class TcpProxy implements AutoCloseable {
    private final ServerSocket server;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<ByteArrayOutputStream> said = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile int swallowToBroker;
    private volatile int swallowToClient;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile int takeNothing;

    private TcpProxy(InetAddress at, int target) throws IOException {
        this.server = new ServerSocket(0, 50, at);
        this.target = target;
        daemon(this::accept);
    }

    /** Listens on an address of this machine and passes on to a port of the loopback address. */
    public static TcpProxy at(InetAddress address, int target) throws IOException {
        return new TcpProxy(address, target);
    }

    /** Listens and passes on, on the loopback address. */
    public static TcpProxy to(int target) throws IOException {
        return at(InetAddress.getLoopbackAddress(), target);
    }

    public int port() {
        return server.getLocalPort();
    }

    /** How many connections came so far. */
    public int accepted() {
        return accepted.get();
    }

    /** From now on the connections there are bring nothing to the broker; later ones do. */
    public void swallowToBroker() {
        swallowToBroker = accepted.get();
    }

    /** From now on the connections there are bring nothing to the client; later ones do. */
    public void swallowToClient() {
        swallowToClient = accepted.get();
    }

    /** From now on nothing is read that clients say on the connections there are: their writes hang once all buffers are full. */
    public void takeNothingFromClient() {
        takeNothing = accepted.get();
    }

    /** What clients said, one array a connection. */
    public List<byte[]> said() {
        return said.stream().map(ByteArrayOutputStream::toByteArray).toList();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                open.add(client);
                Socket broker = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(broker);
                int number = accepted.incrementAndGet();
                ByteArrayOutputStream record = new ByteArrayOutputStream();
                said.add(record);
                daemon(() -> pump(client, broker, bytes -> {
                    record.writeBytes(bytes);
                    if (takeNothing >= number) {
                        awaitClosing();
                    }
                    return swallowToBroker >= number;
                }));
                daemon(() -> pump(broker, client, bytes -> swallowToClient >= number));
            } catch (IOException e) {
                // The broker refused, or the proxy is closed: the client finds out by itself.
            }
        }
    }

    private void awaitClosing() {
        try {
            closing.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private interface Tap {
        boolean swallows(byte[] bytes);
    }

    private static void pump(Socket from, Socket to, Tap tap) {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] buffer = new byte[16_384];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (!tap.swallows(java.util.Arrays.copyOf(buffer, read))) {
                    out.write(buffer, 0, read);
                }
            }
        } catch (IOException e) {
            // Either side hung up: both are closed now.
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        closing.countDown();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
