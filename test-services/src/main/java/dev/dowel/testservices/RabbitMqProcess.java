package dev.dowel.testservices;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A RabbitMQ node with its own data, ports and epmd. The scripts behind Debian's wrappers are called, because the
 * wrappers switch user and lose the environment.
 */
final class RabbitMqProcess implements Service {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final byte[] AMQP_GREETING = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
    private static final String LOG = "broker.log";

    private final Path server;
    private final Path ctl;
    private final Folder folder;
    private final int port;
    private final Process epmd;
    private final Map<String, String> environment = new HashMap<>();
    private final Thread atExit = new Thread(this::end, "rabbitmq-end");
    private boolean closed;

    private RabbitMqProcess(
            Path server, Path epmdProgram, Folder folder, List<String> configuration, List<String> plugins) {
        this.server = server;
        this.ctl = server.resolveSibling("rabbitmqctl");
        this.folder = folder;
        int[] ports = Processes.freePorts(3);
        this.port = ports[0];
        environment.put("HOME", folder.path().toString());
        environment.put("RABBITMQ_NODENAME", "dowel" + port + "@localhost");
        environment.put("RABBITMQ_NODE_PORT", Integer.toString(port));
        environment.put("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
        environment.put("RABBITMQ_DIST_PORT", Integer.toString(ports[1]));
        environment.put("ERL_EPMD_PORT", Integer.toString(ports[2]));
        environment.put("ERL_EPMD_ADDRESS", "127.0.0.1");
        environment.put("RABBITMQ_MNESIA_BASE", folder.file("data").toString());
        environment.put("RABBITMQ_LOG_BASE", folder.file("log").toString());
        environment.put(
                "RABBITMQ_CONFIG_FILE",
                folder.write(
                                "rabbitmq.conf",
                                "log.console = true\nlog.console.level = warning\nlog.file = false\n"
                                        + String.join("\n", configuration) + "\n")
                        .toString());
        environment.put(
                "RABBITMQ_ENABLED_PLUGINS_FILE",
                folder.write("enabled_plugins", "[" + String.join(",", plugins) + "].\n")
                        .toString());
        environment.put("RABBITMQ_CONF_ENV_FILE", "/dev/null");
        environment.put("RABBITMQ_PID_FILE", folder.file("pid").toString());
        this.epmd = Processes.start(
                List.of(epmdProgram.toString(), "-port", Integer.toString(ports[2]), "-address", "127.0.0.1"),
                environment,
                folder.path(),
                "epmd.log");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    static RabbitMqProcess start(
            Path server, Path epmd, Folder folder, List<String> configuration, List<String> plugins) {
        RabbitMqProcess process = new RabbitMqProcess(server, epmd, folder, configuration, plugins);
        try {
            process.restart();
            return process;
        } catch (RuntimeException e) {
            process.close();
            throw e;
        }
    }

    @Override
    public int port() {
        return port;
    }

    String ctl(String... arguments) {
        List<String> command = new ArrayList<>(List.of(ctl.toString()));
        command.addAll(List.of(arguments));
        return Processes.run(command, environment, folder.path());
    }

    @Override
    public void kill() {
        Processes.pid(folder.file("pid")).ifPresent(Processes::kill);
        folder.file("pid").toFile().delete();
    }

    @Override
    public void restart() {
        Processes.start(List.of(server.toString()), environment, folder.path(), LOG);
        Processes.await(
                "RabbitMQ answers on port " + port,
                PATIENCE,
                () -> Processes.pid(folder.file("pid")).isPresent() && Processes.answers(port, AMQP_GREETING),
                () -> "Its log ends with:\n" + folder.tail(LOG));
        // It listens a moment before it takes orders.
        ctl("await_startup");
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            end();
            Processes.forgetAtExit(atExit);
        }
    }

    private void end() {
        kill();
        epmd.destroyForcibly();
        folder.delete();
    }
}
