package dev.dowel.example.web;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/** One servlet behind filters on an embedded Tomcat, listening on the loopback address. */
public final class WebServer implements AutoCloseable {
    private static final Logger TOMCAT_LOG = Logger.getLogger("org.apache");

    /** Warns of threads that outlive a web application; here the application and the JVM end together. */
    private static final Logger UNDEPLOY_LOG = Logger.getLogger("org.apache.catalina.loader.WebappClassLoaderBase");

    private final Tomcat tomcat;
    private final Path folder;

    private WebServer(Tomcat tomcat, Path folder) {
        this.tomcat = tomcat;
        this.folder = folder;
    }

    /** Starts on the port, or on a free one when it is 0. The filters run in the order given. */
    public static WebServer start(int port, List<Filter> filters, HttpServlet servlet) {
        TOMCAT_LOG.setLevel(Level.WARNING);
        UNDEPLOY_LOG.setLevel(Level.OFF);
        try {
            Path folder = Files.createTempDirectory("dowel-example");
            Tomcat tomcat = new Tomcat();
            tomcat.setBaseDir(folder.toString());
            tomcat.setPort(port);
            tomcat.getConnector().setProperty("address", "127.0.0.1");
            Context context = tomcat.addContext("", null);
            for (int i = 0; i < filters.size(); i++) {
                add(context, "filter-" + i, filters.get(i));
            }
            Wrapper wrapper = Tomcat.addServlet(context, "service", servlet);
            wrapper.setAsyncSupported(true);
            context.addServletMappingDecoded("/*", "service");
            tomcat.start();
            return new WebServer(tomcat, folder);
        } catch (LifecycleException e) {
            throw new IllegalStateException("Tomcat did not start on port " + port, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void add(Context context, String name, Filter filter) {
        FilterDef definition = new FilterDef();
        definition.setFilterName(name);
        definition.setFilter(filter);
        definition.setAsyncSupported("true");
        context.addFilterDef(definition);
        FilterMap map = new FilterMap();
        map.setFilterName(name);
        map.addURLPatternDecoded("/*");
        map.setDispatcher(DispatcherType.REQUEST.name());
        map.setDispatcher(DispatcherType.ASYNC.name());
        map.setDispatcher(DispatcherType.FORWARD.name());
        map.setDispatcher(DispatcherType.ERROR.name());
        context.addFilterMap(map);
    }

    /** Returns where it listens. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort());
    }

    @Override
    public void close() {
        try {
            tomcat.stop();
            tomcat.destroy();
            Files.deleteIfExists(folder.resolve("work"));
        } catch (LifecycleException | IOException e) {
            TOMCAT_LOG.log(Level.FINE, "Tomcat did not stop cleanly", e);
        }
    }
}
