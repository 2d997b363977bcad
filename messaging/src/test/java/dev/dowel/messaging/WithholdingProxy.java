package dev.dowel.messaging;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A way to the broker that can keep the broker's answers back; nothing is lost and nothing overtakes. */
final class WithholdingProxy implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final URI target;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();
    private boolean withholding;

    WithholdingProxy(URI target) throws IOException {
        this.target = target;
        onOwnThread(this::accept);
    }

    URI uri() {
        return URI.create(target.toString().replace(":" + target.getPort(), ":" + server.getLocalPort()));
    }

    void withhold(boolean answers) {
        lock.lock();
        try {
            withholding = answers;
            released.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() throws IOException {
        while (!server.isClosed()) {
            Socket client = server.accept();
            Socket broker = new Socket(target.getHost(), target.getPort());
            sockets.addAll(List.of(client, broker));
            onOwnThread(() -> copy(client, broker, false));
            onOwnThread(() -> copy(broker, client, true));
        }
    }

    private void copy(Socket from, Socket to, boolean answers) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8_192];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (answers) {
                    awaitRelease();
                }
                out.write(buffer, 0, read);
                out.flush();
            }
        }
    }

    private void awaitRelease() {
        lock.lock();
        try {
            while (withholding) {
                released.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void onOwnThread(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // One end has closed: so does the other.
                return;
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        withhold(false);
        for (Socket one : sockets) {
            one.close();
        }
    }
}
