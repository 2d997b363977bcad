package dev.dowel.ratelimit;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executor;

/** An embedded servlet container on a free port. Everything is set before the start; all of it supports async. */
interface ServletServer extends AutoCloseable {

    /** What the one servlet does with a request; it gets those to every path. */
    interface Handler {
        void handle(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException;
    }

    /** One answer as it came over the wire. */
    record Answer(int status, List<String> lines, String body) {
        List<String> headers(String name) {
            return lines.stream()
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .toList();
        }
    }

    /** Adds a filter for every path behind those added before; for every dispatcher type unless some are named. */
    ServletServer filter(Filter filter, DispatcherType... types);

    ServletServer servlet(Handler handler);

    /** Runs when the application starts, before filters and servlets do; may add servlets. */
    ServletServer initializer(ServletContainerInitializer first);

    ServletServer errorPage(int status, String path);

    /** Runs each request as a task of this executor. */
    ServletServer threads(Executor executor);

    ServletServer start() throws Exception;

    int port();

    @Override
    void close();

    /** Sends one request with exactly this target and these header lines. */
    default Answer get(String target, String... headers) throws IOException {
        return send("GET", target, headers);
    }

    /** Sends one request without a body. */
    default Answer send(String method, String target, String... headers) throws IOException {
        String request = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + String.join(
                        "", List.of(headers).stream().map(line -> line + "\r\n").toList()) + "\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(received);
            String text = received.toString(StandardCharsets.ISO_8859_1);
            int end = text.indexOf("\r\n\r\n");
            List<String> lines = text.substring(0, end).lines().toList();
            return new Answer(
                    Integer.parseInt(lines.get(0).substring(9, 12)),
                    lines.subList(1, lines.size()),
                    text.substring(end + 4));
        }
    }

    /** The servlet. */
    final class Handling extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private final transient Handler handler;

        Handling(Handler handler) {
            this.handler = handler;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws IOException, ServletException {
            handler.handle(request, response);
        }
    }
}
