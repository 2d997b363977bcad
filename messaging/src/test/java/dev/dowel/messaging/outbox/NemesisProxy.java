package dev.dowel.messaging.outbox;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A bad network between clients and a broker: it hangs up, holds everything up, swallows, or says something twice. */
final class NemesisProxy implements AutoCloseable {
    private static final int GREETING = 8;
    private static final int FRAME_HEAD = 7;
    private static final int METHOD = 1;
    private static final int BASIC_ACK = 60 << 16 | 80;

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final URI target;
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
    private final Set<Socket> brokers = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition goOn = lock.newCondition();
    private final AtomicBoolean acknowledgeTwice = new AtomicBoolean();
    private final Set<Socket> swallowed = ConcurrentHashMap.newKeySet();
    private boolean held;

    NemesisProxy(URI target) throws IOException {
        this.target = target;
        daemon(this::accept);
    }

    URI uri() {
        return URI.create(target.toString().replace(":" + target.getPort(), ":" + server.getLocalPort()));
    }

    /** Hangs up on all that are connected. */
    void drop() throws IOException {
        for (Socket one : clients) {
            one.close();
        }
    }

    /** Keeps everything back, or lets it go on. */
    void hold(boolean newHeld) {
        lock.lock();
        try {
            held = newHeld;
            goOn.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The connections there are bring nothing more to the broker, or else to the client, and stay open. */
    void swallow(boolean toBroker) {
        swallowed.addAll(toBroker ? clients : brokers);
    }

    /** The next acknowledgement comes to the broker twice, for which it closes the channel. */
    void acknowledgeTwice() {
        acknowledgeTwice.set(true);
    }

    private void accept() throws IOException {
        while (!server.isClosed()) {
            Socket client = server.accept();
            try {
                Socket broker = new Socket(target.getHost(), target.getPort());
                clients.add(client);
                brokers.add(broker);
                daemon(() -> toBroker(client, broker));
                daemon(() -> toClient(broker, client));
            } catch (IOException e) {
                client.close();
            }
        }
    }

    private void toBroker(Socket client, Socket broker) throws IOException {
        try (client;
                broker) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            OutputStream out = broker.getOutputStream();
            byte[] greeting = new byte[GREETING];
            in.readFully(greeting);
            pass(client, out, greeting);
            byte[] head = new byte[FRAME_HEAD];
            while (true) {
                in.readFully(head);
                int size = ByteBuffer.wrap(head).getInt(3);
                byte[] frame = new byte[FRAME_HEAD + size + 1];
                System.arraycopy(head, 0, frame, 0, FRAME_HEAD);
                in.readFully(frame, FRAME_HEAD, size + 1);
                pass(client, out, frame);
                boolean ack = head[0] == METHOD && ByteBuffer.wrap(frame).getInt(FRAME_HEAD) == BASIC_ACK;
                if (ack && acknowledgeTwice.compareAndSet(true, false)) {
                    pass(client, out, frame);
                }
            }
        } finally {
            clients.remove(client);
            brokers.remove(broker);
            swallowed.removeAll(Set.of(client, broker));
        }
    }

    private void toClient(Socket broker, Socket client) throws IOException {
        try (broker;
                client) {
            InputStream in = broker.getInputStream();
            OutputStream out = client.getOutputStream();
            byte[] buffer = new byte[8_192];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                pass(broker, out, Arrays.copyOf(buffer, read));
            }
        }
    }

    private void pass(Socket from, OutputStream out, byte[] bytes) throws IOException {
        lock.lock();
        try {
            while (held) {
                goOn.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        if (!swallowed.contains(from)) {
            out.write(bytes);
            out.flush();
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // One end has hung up: so does the other.
                        return;
                    }
                },
                "nemesis proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        hold(false);
        drop();
    }
}
