package dev.dowel.authtoken;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.ValveBase;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/** Tomcat 10.1, or 11 in the profile of newer containers. */
final class TomcatServer implements ServletServer {

    private final Tomcat tomcat = new Tomcat();
    private final Context context;

    TomcatServer() throws IOException {
        Path folder = Files.createTempDirectory(Path.of("target"), "tomcat").toAbsolutePath();
        tomcat.setBaseDir(folder.toString());
        tomcat.setPort(0);
        tomcat.getConnector().setProperty("maxHttpHeaderSize", Integer.toString(GREATEST_HEADER));
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        tomcat.getConnector().setAllowTrace(true);
        context = tomcat.addContext("", null);
    }

    /** Puts a valve, such as an access log, in front of everything. */
    TomcatServer valve(ValveBase valve) {
        context.getPipeline().addValve(valve);
        return this;
    }

    @Override
    public TomcatServer filter(Filter filter, DispatcherType... dispatchers) {
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

    @Override
    public TomcatServer servlet(String pattern, Servlet servlet) {
        String name = "servlet" + pattern;
        Wrapper wrapper = Tomcat.addServlet(context, name, servlet);
        wrapper.setAsyncSupported(true);
        context.addServletMappingDecoded(pattern, name);
        return this;
    }

    @Override
    public TomcatServer errorPage(String location) {
        ErrorPage page = new ErrorPage();
        page.setErrorCode(500);
        page.setLocation(location);
        context.addErrorPage(page);
        return this;
    }

    @Override
    public TomcatServer start() throws LifecycleException {
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
