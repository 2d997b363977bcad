package dev.dowel.authtoken;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import java.net.InetSocketAddress;

/** Undertow 2.3. */
final class UndertowServer implements ServletServer {

    private final DeploymentInfo deployment =
            Servlets.deployment().setContextPath("/").setDeploymentName("test");
    private Undertow undertow;

    UndertowServer() {
        this(UndertowServer.class.getClassLoader());
    }

    /** An application with another loader than the container. */
    UndertowServer(ClassLoader application) {
        deployment.setClassLoader(application);
    }

    @Override
    public UndertowServer filter(Filter filter, DispatcherType... dispatchers) {
        String name = "filter" + filter.hashCode();
        deployment.addFilter(Servlets.filter(name, filter.getClass(), new ImmediateInstanceFactory<>(filter))
                .setAsyncSupported(true));
        for (DispatcherType dispatcher : dispatchers) {
            deployment.addFilterUrlMapping(name, "/*", dispatcher);
        }
        return this;
    }

    @Override
    public UndertowServer servlet(String pattern, Servlet servlet) {
        deployment.addServlet(
                Servlets.servlet("servlet" + pattern, servlet.getClass(), new ImmediateInstanceFactory<>(servlet))
                        .addMapping(pattern)
                        .setAsyncSupported(true));
        return this;
    }

    @Override
    public UndertowServer errorPage(String location) {
        deployment.addErrorPage(Servlets.errorPage(location, 500));
        return this;
    }

    @Override
    public UndertowServer start() throws Exception {
        DeploymentManager manager = Servlets.newContainer().addDeployment(deployment);
        manager.deploy();
        undertow = Undertow.builder()
                .addHttpListener(0, "127.0.0.1", manager.start())
                .setServerOption(UndertowOptions.MAX_HEADER_SIZE, GREATEST_HEADER)
                .setServerOption(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, true)
                .setIoThreads(1)
                .setWorkerThreads(2)
                .build();
        undertow.start();
        return this;
    }

    @Override
    public int port() {
        return ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
    }

    @Override
    public void close() {
        undertow.stop();
    }
}
