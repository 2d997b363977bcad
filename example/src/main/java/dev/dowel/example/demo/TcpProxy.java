package dev.dowel.example.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Passes TCP connections on until it is cut: then the open ones break and new ones are closed at once. */
final class TcpProxy implements AutoCloseable {
    private final ServerSocket server;
    private final String host;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    private TcpProxy(ServerSocket server, String host, int target) {
        this.server = server;
        this.host = host;
        this.target = target;
    }

    static TcpProxy to(String host, int port) {
        try {
            TcpProxy proxy = new TcpProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), host, port);
            daemon("demo-proxy-accept", proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return server.getLocalPort();
    }

    void cut() {
        cut = true;
        open.forEach(TcpProxy::quietly);
        open.clear();
    }

    void mend() {
        cut = false;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                if (cut) {
                    quietly(client);
                } else {
                    connect(client);
                }
            } catch (IOException e) {
                // The server socket was closed, or the broker refused: the client sees a closed connection.
            }
        }
    }

    private void connect(Socket client) throws IOException {
        open.add(client);
        Socket broker;
        try {
            broker = new Socket(host, target);
        } catch (IOException e) {
            quietly(client);
            throw e;
        }
        open.add(broker);
        if (cut) {
            quietly(client);
            quietly(broker);
        }
        daemon("demo-proxy-out", () -> pump(client, broker));
        daemon("demo-proxy-in", () -> pump(broker, client));
    }

    private void pump(Socket from, Socket to) {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException e) {
            // Either side hung up: both are closed below.
        } finally {
            quietly(from);
            quietly(to);
            open.remove(from);
            open.remove(to);
        }
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void quietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Closing a socket that broke has nothing to save.
        }
    }

    @Override
    public void close() {
        cut();
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
