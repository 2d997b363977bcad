package dev.dowel.testservices;

import java.time.Duration;
import java.util.List;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** A service in a container, where a Docker engine answers. The port outside is fixed, so that a restart keeps it. */
final class Containers implements Freezable {
    private final GenericContainer<?> container;
    private final int port;

    private Containers(GenericContainer<?> container, int port) {
        this.container = container;
        this.port = port;
    }

    static boolean available() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    static Containers start(String image, int inside, List<String> environment) {
        int outside = Processes.freePorts(1)[0];
        GenericContainer<?> container = new GenericContainer<>(image);
        container.setPortBindings(List.of("127.0.0.1:" + outside + ":" + inside));
        container.addExposedPort(inside);
        environment.forEach(
                line -> container.addEnv(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1)));
        container.waitingFor(Wait.forListeningPort().withStartupTimeout(Duration.ofMinutes(3)));
        container.start();
        return new Containers(container, outside);
    }

    String run(String... command) {
        try {
            ExecResult result = container.execInContainer(command);
            if (result.getExitCode() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + result.getStderr());
            }
            return result.getStdout();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void kill() {
        DockerClientFactory.instance()
                .client()
                .killContainerCmd(container.getContainerId())
                .exec();
        Processes.await(
                "the container is gone", Duration.ofSeconds(10), () -> !Processes.answers(port, new byte[0]), () -> "");
    }

    @Override
    public void freeze() {
        DockerClientFactory.instance()
                .client()
                .pauseContainerCmd(container.getContainerId())
                .exec();
    }

    @Override
    public void thaw() {
        DockerClientFactory.instance()
                .client()
                .unpauseContainerCmd(container.getContainerId())
                .exec();
    }

    @Override
    public void restart() {
        DockerClientFactory.instance()
                .client()
                .startContainerCmd(container.getContainerId())
                .exec();
        Processes.await(
                "the container is back",
                Duration.ofMinutes(1),
                () -> Processes.answers(port, new byte[0]),
                container::getLogs);
    }

    @Override
    public void close() {
        container.stop();
    }
}
