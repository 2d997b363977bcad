package dev.dowel.testservices;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A MariaDB server with its own data and port, under the user that runs the tests. */
final class MariaDbProcess implements Service {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String LOG = "mariadb.log";

    private final Path server;
    private final Path install;
    private final Folder folder;
    private final int port;
    private final Thread atExit = new Thread(this::end, "mariadb-end");
    private boolean closed;

    private MariaDbProcess(Path server, Path install) {
        this.server = server;
        this.install = install;
        this.folder = Folder.create("mariadb");
        this.port = Processes.freePorts(1)[0];
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    static MariaDbProcess start(Path server, Path install) {
        MariaDbProcess process = new MariaDbProcess(server, install);
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
        Processes.run(
                List.of(
                        install.toString(),
                        "--no-defaults",
                        "--datadir=" + folder.file("data"),
                        "--user=" + System.getProperty("user.name"),
                        // Else only the socket would let the superuser in.
                        "--auth-root-authentication-method=normal",
                        "--skip-test-db"),
                Map.of(),
                folder.path());
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void kill() {
        Processes.pid(folder.file("pid")).ifPresent(Processes::kill);
    }

    @Override
    public void restart() {
        Process process = Processes.start(
                List.of(
                        server.toString(),
                        "--no-defaults",
                        "--datadir=" + folder.file("data"),
                        "--user=" + System.getProperty("user.name"),
                        "--port=" + port,
                        "--bind-address=127.0.0.1",
                        "--socket=" + folder.file("socket"),
                        "--pid-file=" + folder.file("pid"),
                        "--innodb-buffer-pool-size=64M",
                        // Enough for a killed server, though not for a machine without power.
                        "--innodb-flush-log-at-trx-commit=2",
                        "--max-connections=200"),
                Map.of(),
                folder.path(),
                LOG);
        Processes.await(
                "MariaDB answers on port " + port + " or gives up",
                PATIENCE,
                () -> !process.isAlive() || Processes.answers(port, new byte[0]),
                () -> "Its log ends with:\n" + folder.tail(LOG));
        if (!process.isAlive()) {
            throw new IllegalStateException("MariaDB did not start. Its log ends with:\n" + folder.tail(LOG));
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
