package dev.dowel.testservices;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A PostgreSQL cluster with its own data and port. The server refuses to run as root, so root starts it as the user
 * that the package made.
 */
final class PostgreSqlProcess implements Service {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String LOG = "postgres.log";
    private static final String SUPERUSER = "postgres";

    private final Path binaries;
    private final Folder folder;
    private final int port;
    private final Thread atExit = new Thread(this::end, "postgresql-end");
    private boolean closed;

    private PostgreSqlProcess(Path binaries) {
        this.binaries = binaries;
        this.folder = Folder.create("postgresql");
        this.port = Processes.freePorts(1)[0];
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    static PostgreSqlProcess start(Path postgres) {
        PostgreSqlProcess process = new PostgreSqlProcess(postgres.resolveSibling("."));
        try {
            process.initialise();
            process.restart();
            return process;
        } catch (RuntimeException e) {
            process.close();
            throw e;
        }
    }

    private void initialise() {
        folder.write(LOG, "");
        if (root()) {
            Processes.run(List.of("chown", "-R", SUPERUSER, folder.path().toString()), Map.of(), folder.path());
        }
        Processes.run(
                unprivileged(List.of(
                        binaries.resolve("initdb").normalize().toString(),
                        "--pgdata=" + folder.file("data"),
                        "--username=" + SUPERUSER,
                        "--auth=trust",
                        "--encoding=UTF8",
                        "--locale=C",
                        "--no-sync")),
                Map.of(),
                folder.path());
    }

    private static boolean root() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static List<String> unprivileged(List<String> command) {
        List<String> whole = new ArrayList<>();
        if (root()) {
            whole.addAll(List.of("setpriv", "--reuid=" + SUPERUSER, "--regid=" + SUPERUSER, "--clear-groups"));
        }
        whole.addAll(command);
        return whole;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void kill() {
        Processes.pid(folder.file("data").resolve("postmaster.pid")).ifPresent(Processes::kill);
    }

    @Override
    public void restart() {
        // After kill -9 the server's children need a moment to notice; until then a new server refuses to start.
        Processes.await(
                "PostgreSQL answers on port " + port,
                PATIENCE,
                this::startedOnce,
                () -> "Its log ends with:\n" + folder.tail(LOG));
    }

    private boolean startedOnce() {
        Process process = Processes.start(
                unprivileged(List.of(
                        binaries.resolve("postgres").normalize().toString(),
                        "-D",
                        folder.file("data").toString(),
                        "-p",
                        Integer.toString(port),
                        "-k",
                        folder.path().toString(),
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "fsync=off",
                        "-c",
                        "max_connections=200")),
                Map.of(),
                folder.path(),
                LOG);
        Processes.await(
                "PostgreSQL answers or gives up",
                PATIENCE,
                () -> !process.isAlive() || ready(),
                () -> "Its log ends with:\n" + folder.tail(LOG));
        return process.isAlive();
    }

    private boolean ready() {
        Path ready = binaries.resolve("pg_isready").normalize();
        Process process = Processes.start(
                List.of(ready.toString(), "-q", "-h", "127.0.0.1", "-p", Integer.toString(port)),
                Map.of(),
                folder.path(),
                "ready.log");
        try {
            return process.waitFor() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
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
