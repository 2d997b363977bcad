package dev.dowel.authtoken;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/** An embedded Tomcat on a free port, spoken to byte by byte. Header values may be up to 128 KiB. */
final class TomcatServer implements AutoCloseable {

    private final Tomcat tomcat = new Tomcat();
    private final Context context;

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

    TomcatServer() throws IOException {
        Path folder = Files.createTempDirectory(Path.of("target"), "tomcat").toAbsolutePath();
        tomcat.setBaseDir(folder.toString());
        tomcat.setPort(0);
        tomcat.getConnector().setProperty("maxHttpHeaderSize", Integer.toString(128 * 1024));
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        tomcat.getConnector().setAllowTrace(true);
        context = tomcat.addContext("", null);
    }

    TomcatServer filter(Filter filter, DispatcherType... dispatchers) {
        FilterDef definition = new FilterDef();
        definition.setFilterName("filter" + filter.hashCode());
        definition.setFilter(filter);
        definition.setAsyncSupported("true");
        context.addFilterDef(definition);
        FilterMap mapping = new FilterMap();
        mapping.setFilterName(definition.getFilterName());
        mapping.addURLPatternDecoded("/*");
        for (DispatcherType dispatcher : dispatchers) {
            mapping.setDispatcher(dispatcher.name());
        }
        context.addFilterMap(mapping);
        return this;
    }

    TomcatServer servlet(String pattern, Handler handler) {
        String name = "servlet" + pattern;
        Wrapper wrapper = Tomcat.addServlet(context, name, new HandlerServlet(handler));
        wrapper.setAsyncSupported(true);
        context.addServletMappingDecoded(pattern, name);
        return this;
    }

    TomcatServer errorPage(String location) {
        ErrorPage page = new ErrorPage();
        page.setErrorCode(500);
        page.setLocation(location);
        context.addErrorPage(page);
        return this;
    }

    TomcatServer start() throws LifecycleException {
        tomcat.start();
        return this;
    }

    Answer get(String path, String... headers) throws IOException {
        return send("GET", path, headers);
    }

    /** Sends the text as ISO-8859-1, so every char up to 0xFF is one byte of the same value. */
    Answer send(String method, String path, String... headers) throws IOException {
        StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        request.append("Connection: close\r\n\r\n");
        int port = tomcat.getConnector().getLocalPort();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
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
        lines.removeIf(line -> line.startsWith("Date:"));
        return new Answer(status, List.copyOf(lines), text.substring(end + 4));
    }

    @Override
    public void close() throws LifecycleException {
        tomcat.stop();
        tomcat.destroy();
    }

    private static final class HandlerServlet extends HttpServlet {
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
