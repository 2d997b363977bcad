package dev.dowel.authtoken;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import java.util.EnumSet;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Jetty 12 for Jakarta EE 10; lets every path in, also one that it cannot tell a servlet of without doubt. */
final class JettyServer implements ServletServer {

    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server);
    private final ServletContextHandler context = new ServletContextHandler("/");
    private final ErrorPageErrorHandler errorPages = new ErrorPageErrorHandler();

    JettyServer() {
        HttpConfiguration http =
                connector.getConnectionFactory(HttpConnectionFactory.class).getHttpConfiguration();
        http.setRequestHeaderSize(GREATEST_HEADER);
        http.setUriCompliance(UriCompliance.UNSAFE);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        context.setErrorHandler(errorPages);
        server.setHandler(context);
    }

    @Override
    public JettyServer filter(Filter filter, DispatcherType... dispatchers) {
        FilterHolder holder = new FilterHolder(filter);
        holder.setAsyncSupported(true);
        context.addFilter(holder, "/*", EnumSet.copyOf(List.of(dispatchers)));
        return this;
    }

    @Override
    public JettyServer servlet(String pattern, Servlet servlet) {
        ServletHolder holder = new ServletHolder(servlet);
        holder.setAsyncSupported(true);
        context.addServlet(holder, pattern);
        return this;
    }

    @Override
    public JettyServer errorPage(String location) {
        errorPages.addErrorPage(500, location);
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
