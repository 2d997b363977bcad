package dev.dowel.testservices;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Redis with its own port that keeps nothing on disk. */
final class RedisProcess implements Freezable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final byte[] PING = "PING\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Path server;
    private final Folder folder = Folder.create("redis");
    private final int port = Processes.freePorts(1)[0];
    private final Thread atExit = new Thread(this::end, "redis-end");
    private @Nullable Process process;
    private boolean closed;

    private RedisProcess(Path server) {
        this.server = server;
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    static RedisProcess start(Path server) {
        RedisProcess redis = new RedisProcess(server);
        try {
            redis.restart();
            return redis;
        } catch (RuntimeException e) {
            redis.close();
            throw e;
        }
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void kill() {
        if (process != null) {
            Processes.kill(process.pid());
        }
    }

    @Override
    public void freeze() {
        signal("STOP");
    }

    @Override
    public void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        if (process != null) {
            Processes.run(List.of("sh", "-c", "kill -" + name + " " + process.pid()), Map.of(), folder.path());
        }
    }

    @Override
    public void restart() {
        process = Processes.start(
                List.of(
                        server.toString(),
                        "--port",
                        Integer.toString(port),
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--appendonly",
                        "no",
                        "--dir",
                        folder.path().toString()),
                Map.of(),
                folder.path(),
                "redis.log");
        Processes.await(
                "Redis answers on port " + port,
                PATIENCE,
                () -> Processes.answers(port, PING),
                () -> "Its log ends with:\n" + folder.tail("redis.log"));
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
        folder.delete();
    }
}
