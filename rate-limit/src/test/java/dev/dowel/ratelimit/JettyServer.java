package dev.dowel.ratelimit;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContainerInitializer;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Executor;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Jetty 12 for Jakarta EE 10. */
final class JettyServer implements ServletServer {

    private final QueuedThreadPool threads = new QueuedThreadPool();
    private final Server server = new Server(threads);
    private final ServerConnector connector = new ServerConnector(server);
    private final ServletContextHandler context = new ServletContextHandler("/");
    private final ErrorPageErrorHandler errorPages = new ErrorPageErrorHandler();

    JettyServer() {
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        context.setErrorHandler(errorPages);
        server.setHandler(context);
    }

    /** Lets every path in, also one that it cannot tell a servlet of without doubt. */
    JettyServer withAmbiguousPaths() {
        connector
                .getConnectionFactory(HttpConnectionFactory.class)
                .getHttpConfiguration()
                .setUriCompliance(UriCompliance.UNSAFE);
        return this;
    }

    @Override
    public JettyServer filter(Filter filter, DispatcherType... types) {
        FilterHolder holder = new FilterHolder(filter);
        holder.setAsyncSupported(true);
        context.addFilter(
                holder, "/*", types.length == 0 ? EnumSet.allOf(DispatcherType.class) : EnumSet.copyOf(List.of(types)));
        return this;
    }

    @Override
    public JettyServer servlet(Handler handler) {
        ServletHolder holder = new ServletHolder(new Handling(handler));
        holder.setAsyncSupported(true);
        context.addServlet(holder, "/*");
        return this;
    }

    @Override
    public JettyServer initializer(ServletContainerInitializer first) {
        context.addServletContainerInitializer(first);
        return this;
    }

    @Override
    public JettyServer errorPage(int status, String path) {
        errorPages.addErrorPage(status, path);
        return this;
    }

    @Override
    public JettyServer threads(Executor executor) {
        threads.setVirtualThreadsExecutor(executor);
        return this;
    }

    @Override
    public JettyServer start() throws Exception {
        server.start();
        return this;
    }

    @Override
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
