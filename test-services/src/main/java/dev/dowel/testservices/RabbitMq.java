package dev.dowel.testservices;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A RabbitMQ for tests. Safe for use by several threads, except that kill and restart belong to one. */
public final class RabbitMq implements AutoCloseable {
    private static final String VARIABLE = "RABBITMQ_URI";
    private static final String FOLDER = "rabbitmq";
    private static final String IMAGE = System.getProperty("dowel.rabbitmq.image", "rabbitmq:4");
    private static final int MOST_VHOSTS = 8;
    private static @Nullable RabbitMq shared;

    private final URI uri;
    private final @Nullable Service service;
    private final Queue<String> vhosts = new ArrayDeque<>();
    private int vhostsAtOnce = 1;

    private RabbitMq(URI uri, @Nullable Service service) {
        this.uri = uri;
        this.service = service;
    }

    /**
     * Starts a broker of the caller's own, which it may kill and must close.
     *
     * @throws MissingServiceException if there is neither a program nor a Docker engine
     */
    public static RabbitMq start() {
        return start(Programs.installed());
    }

    /**
     * Starts a broker of the caller's own from the installed program, with more lines in its {@code rabbitmq.conf}.
     *
     * @throws MissingServiceException if there is no program
     */
    public static RabbitMq start(List<String> configuration) {
        return start(configuration, List.of());
    }

    /**
     * Starts a broker of the caller's own from the installed program, with plugins such as {@code rabbitmq_management},
     * whose port is to be set in the configuration.
     *
     * @throws MissingServiceException if there is no program
     */
    public static RabbitMq start(List<String> configuration, List<String> plugins) {
        return installed(Programs.installed(), configuration, plugins, () -> Folder.create(FOLDER))
                .orElseThrow(RabbitMq::missing);
    }

    /**
     * Starts a broker of the caller's own from the installed program, with its data in a new folder in the given one.
     *
     * @throws MissingServiceException if there is no program
     */
    public static RabbitMq start(Path parent) {
        return installed(Programs.installed(), List.of(), List.of(), () -> Folder.create(parent, FOLDER))
                .orElseThrow(RabbitMq::missing);
    }

    static RabbitMq start(Programs programs) {
        return installed(programs, List.of(), List.of(), () -> Folder.create(FOLDER))
                .orElseGet(() -> {
                    if (Containers.available()) {
                        return own(Containers.start(IMAGE, 5672, List.of()));
                    }
                    throw missing();
                });
    }

    private static Optional<RabbitMq> installed(
            Programs programs, List<String> configuration, List<String> plugins, Supplier<Folder> folder) {
        Optional<Path> server = programs.find("rabbitmq-server");
        Optional<Path> epmd = programs.find("epmd");
        return server.isPresent() && epmd.isPresent()
                ? Optional.of(
                        own(RabbitMqProcess.start(server.get(), epmd.get(), folder.get(), configuration, plugins)))
                : Optional.empty();
    }

    private static MissingServiceException missing() {
        return new MissingServiceException("RabbitMQ", "rabbitmq-server", VARIABLE);
    }

    private static RabbitMq own(Service service) {
        return new RabbitMq(URI.create("amqp://guest:guest@127.0.0.1:" + service.port()), service);
    }

    /** Returns the broker that {@code RABBITMQ_URI} names, else one that lives as long as this JVM; not to be killed. */
    public static synchronized RabbitMq shared() {
        if (shared == null) {
            shared = shared(System.getenv());
        }
        return shared;
    }

    private static RabbitMq shared(Map<String, String> environment) {
        String uri = environment.get(VARIABLE);
        return uri == null || uri.isEmpty() ? start() : new RabbitMq(URI.create(uri), null);
    }

    /** Returns a port that nobody listens on now, such as for a plugin. */
    public static int freePort() {
        return Processes.freePorts(1)[0];
    }

    /** Returns where it is, with user and password. */
    public URI uri() {
        return uri;
    }

    /** Returns a vhost that nobody else uses; on a broker of somebody else's it is the one that its URI names. */
    public synchronized URI newVhost() {
        if (service == null) {
            return uri;
        }
        if (vhosts.isEmpty()) {
            addVhosts();
        }
        return URI.create(uri + "/" + vhosts.remove());
    }

    /** A start of {@code rabbitmqctl} takes seconds: who has asked several times will ask again. */
    private void addVhosts() {
        List<String> names = Stream.generate(() -> "test-" + UUID.randomUUID())
                .limit(vhostsAtOnce)
                .toList();
        String list = names.stream().map(name -> "<<\"" + name + "\">>").collect(Collectors.joining(", "));
        ctl("eval", """
                lists:foreach(
                    fun(Name) ->
                        ok = rabbit_vhost:add(Name, <<"guest">>),
                        ok = rabbit_auth_backend_internal:set_permissions(
                            <<"guest">>, Name, <<".*">>, <<".*">>, <<".*">>, <<"guest">>)
                    end,
                    [%s]).
                """.formatted(list));
        vhosts.addAll(names);
        vhostsAtOnce = Math.min(MOST_VHOSTS, 2 * vhostsAtOnce);
    }

    /** Runs {@code rabbitmqctl} and returns what it printed. */
    public String ctl(String... arguments) {
        if (service instanceof RabbitMqProcess process) {
            return process.ctl(arguments);
        }
        if (service instanceof Containers container) {
            String[] command = new String[arguments.length + 1];
            command[0] = "rabbitmqctl";
            System.arraycopy(arguments, 0, command, 1, arguments.length);
            return container.run(command);
        }
        throw foreign();
    }

    /** Ends it with SIGKILL; returns when the process is gone. */
    public void kill() {
        service().kill();
    }

    /** Starts it again on the same port and data; returns when it answers. */
    public void restart() {
        service().restart();
    }

    private Service service() {
        if (service == null) {
            throw foreign();
        }
        return service;
    }

    private static IllegalStateException foreign() {
        return new IllegalStateException("The broker that " + VARIABLE + " names is not ours to kill or administer");
    }

    /** Ends it and removes its data; does nothing to a broker of somebody else's. May be called twice. */
    @Override
    public void close() {
        if (service != null) {
            service.close();
        }
    }
}
