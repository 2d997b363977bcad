package dev.dowel.ratelimit;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContainerInitializer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/** Tomcat, of the version on the class path. It hands the same request object to one user of a connection after the other. */
final class TomcatServer implements ServletServer {

    private final Tomcat tomcat = new Tomcat();
    private final Context context;

    TomcatServer() throws IOException {
        Path folder = Files.createTempDirectory(Path.of("target"), "tomcat").toAbsolutePath();
        tomcat.setBaseDir(folder.toString());
        tomcat.setPort(0);
        tomcat.setSilent(true);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        tomcat.getConnector().setDiscardFacades(false);
        context = tomcat.addContext("", null);
    }

    @Override
    public TomcatServer filter(Filter filter, DispatcherType... types) {
        FilterDef definition = new FilterDef();
        definition.setFilterName("filter" + context.findFilterDefs().length);
        definition.setFilter(filter);
        definition.setAsyncSupported("true");
        context.addFilterDef(definition);
        FilterMap mapping = new FilterMap();
        mapping.setFilterName(definition.getFilterName());
        mapping.addURLPattern("/*");
        for (DispatcherType type : types.length == 0 ? DispatcherType.values() : types) {
            mapping.setDispatcher(type.name());
        }
        context.addFilterMap(mapping);
        return this;
    }

    @Override
    public TomcatServer servlet(Handler handler) {
        Tomcat.addServlet(context, "handler", new Handling(handler)).setAsyncSupported(true);
        context.addServletMappingDecoded("/*", "handler");
        return this;
    }

    @Override
    public TomcatServer initializer(ServletContainerInitializer first) {
        context.addServletContainerInitializer(first, null);
        return this;
    }

    @Override
    public TomcatServer errorPage(int status, String path) {
        ErrorPage page = new ErrorPage();
        page.setErrorCode(status);
        page.setLocation(path);
        context.addErrorPage(page);
        return this;
    }

    @Override
    public TomcatServer threads(Executor executor) {
        tomcat.getConnector().getProtocolHandler().setExecutor(executor);
        return this;
    }

    @Override
    public TomcatServer start() throws Exception {
        tomcat.start();
        return this;
    }

    @Override
    public int port() {
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    public void close() {
        try {
            tomcat.stop();
            tomcat.destroy();
        } catch (LifecycleException e) {
            throw new IllegalStateException(e);
        }
    }
}
