package dev.dowel.benchmarks.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** A {@link BookServer} in a process of its own, so that what it allocates is not counted with the contenders. */
public final class ServerProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader out;
    private final String base;

    private ServerProcess(Process process) throws IOException {
        this.process = process;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        this.base = "http://127.0.0.1:" + Integer.parseInt(line());
    }

    /** Starts a server whose answers wait for the given time. */
    public static ServerProcess start(Duration delay) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        ownClasses(),
                        BookServer.class.getName(),
                        Long.toString(delay.toMillis()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            return new ServerProcess(process);
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** Starts a server that answers at once. */
    public static ServerProcess start() throws IOException {
        return start(Duration.ZERO);
    }

    private static String ownClasses() throws IOException {
        try {
            return Path.of(BookServer.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IOException("the classes of the server are not in a file", e);
        }
    }

    /** Returns the URL to put before the path, without a slash at its end. */
    public String base() {
        return base;
    }

    /** Returns how many requests came since this was asked last. */
    public synchronized long requests() throws IOException {
        OutputStream in = process.getOutputStream();
        in.write('\n');
        in.flush();
        return Long.parseLong(line());
    }

    private String line() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the server ended");
        }
        return line;
    }

    /** Ends the process. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
