package dev.dowel.authtoken;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A servlet container on a free port, spoken to byte by byte. Header values may be up to 128 KiB. */
interface ServletServer extends AutoCloseable {

    int GREATEST_HEADER = 128 * 1024;

    /** What one servlet does with a request. */
    interface Handler {
        void handle(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException;
    }

    /** One answer as it came over the wire. */
    record Answer(int status, List<String> headers, String body) {
        String header(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ":";
            List<String> values = headers.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                    .map(line -> line.substring(start.length()).strip())
                    .toList();
            return String.join("|", values);
        }
    }

    ServletServer filter(Filter filter, DispatcherType... dispatchers);

    ServletServer servlet(String pattern, Servlet servlet);

    /** The page that answers 500. */
    ServletServer errorPage(String location);

    ServletServer start() throws Exception;

    int port();

    @Override
    void close();

    default ServletServer servlet(String pattern, Handler handler) {
        return servlet(pattern, new HandlerServlet(handler));
    }

    default Answer get(String path, String... headers) throws IOException {
        return send("GET", path, headers);
    }

    /** Sends the text as ISO-8859-1, so every char up to 0xFF is one byte of the same value. */
    default Answer send(String method, String path, String... headers) throws IOException {
        StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        request.append("Connection: close\r\n\r\n");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(received);
            return answer(received.toString(StandardCharsets.ISO_8859_1));
        }
    }

    private static Answer answer(String text) {
        int end = text.indexOf("\r\n\r\n");
        List<String> lines = new ArrayList<>(text.substring(0, end).lines().toList());
        int status =
                Integer.parseInt(lines.remove(0).substring("HTTP/1.1 ".length()).substring(0, 3));
        lines.removeIf(line -> line.startsWith("Date:") || line.startsWith("Server:"));
        return new Answer(status, List.copyOf(lines), text.substring(end + 4));
    }

    /** Serves by a handler. */
    final class HandlerServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private final transient Handler handler;

        HandlerServlet(Handler handler) {
            this.handler = handler;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws IOException, ServletException {
            handler.handle(request, response);
        }
    }
}
