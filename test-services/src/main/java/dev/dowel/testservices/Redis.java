package dev.dowel.testservices;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A Redis for tests. Safe for use by several threads, except that those which end, freeze or start it belong to one. */
public final class Redis implements AutoCloseable {
    private static final String VARIABLE = "REDIS_URI";
    private static @Nullable Redis shared;

    private final URI uri;
    private final @Nullable Freezable service;

    private Redis(URI uri, @Nullable Freezable service) {
        this.uri = uri;
        this.service = service;
    }

    /**
     * Starts a server of the caller's own, which it may kill and must close.
     *
     * @throws MissingServiceException if there is neither a program nor a Docker engine
     */
    public static Redis start() {
        return start(Programs.installed());
    }

    static Redis start(Programs programs) {
        Optional<Path> server = programs.find("redis-server");
        if (server.isPresent()) {
            return own(RedisProcess.start(server.get()));
        }
        if (Containers.available()) {
            return own(Containers.start("redis:7", 6379, List.of()));
        }
        throw new MissingServiceException("Redis", "redis-server", VARIABLE);
    }

    private static Redis own(Freezable service) {
        return new Redis(URI.create("redis://127.0.0.1:" + service.port()), service);
    }

    /** Returns the server that {@code REDIS_URI} names, else one that lives as long as this JVM; not to be killed. */
    public static synchronized Redis shared() {
        if (shared == null) {
            String uri = System.getenv(VARIABLE);
            shared = uri == null || uri.isEmpty() ? start() : new Redis(URI.create(uri), null);
        }
        return shared;
    }

    /** Returns where it is. */
    public URI uri() {
        return uri;
    }

    /** Ends it with SIGKILL; returns when the process is gone. */
    public void kill() {
        service().kill();
    }

    /** Starts it again on the same port, empty; returns when it answers. */
    public void restart() {
        service().restart();
    }

    /** Makes it hang: connections stay, and nothing answers on them. */
    public void freeze() {
        service().freeze();
    }

    /** Lets it go on, with what it was sent meanwhile. */
    public void thaw() {
        service().thaw();
    }

    private Freezable service() {
        if (service == null) {
            throw new IllegalStateException("The server that " + VARIABLE + " names is not ours to kill");
        }
        return service;
    }

    /** Ends it; does nothing to a server of somebody else's. May be called twice. */
    @Override
    public void close() {
        if (service != null) {
            service.close();
        }
    }
}
