package dev.dowel.testservices;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Starts, watches and ends processes of this machine. Every wait is bounded. */
final class Processes {
    private static final long PAUSE = Duration.ofMillis(20).toNanos();
    private static final Duration COMMAND = Duration.ofSeconds(60);

    private Processes() {}

    /** Returns ports that were free a moment ago, no two the same. */
    static int[] freePorts(int count) {
        ServerSocket[] sockets = new ServerSocket[count];
        int[] ports = new int[count];
        try {
            for (int i = 0; i < count; i++) {
                sockets[i] = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ports[i] = sockets[i].getLocalPort();
            }
            for (ServerSocket socket : sockets) {
                socket.close();
            }
            return ports;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a process that goes on running, in a folder, its output appended to a file there. */
    static Process start(List<String> command, Map<String, String> environment, Path folder, String log) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(folder.resolve(log).toFile()));
            builder.environment().putAll(environment);
            builder.directory(folder.toFile());
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start " + command.get(0), e);
        }
    }

    /** Runs a command to its end and returns what it printed. */
    static String run(List<String> command, Map<String, String> environment, Path folder) {
        String name = "command-" + System.nanoTime() + ".out";
        Path output = folder.resolve(name);
        Process process = start(command, environment, folder, name);
        try {
            if (!process.waitFor(COMMAND.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(command.get(0) + " did not end within " + COMMAND.toSeconds() + " s");
            }
            String text = Files.readString(output, StandardCharsets.UTF_8);
            Files.delete(output);
            if (process.exitValue() != 0) {
                throw new IllegalStateException(
                        String.join(" ", command) + " ended with " + process.exitValue() + ": " + text);
            }
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + command.get(0), e);
        }
    }

    /** Ends a process with SIGKILL and returns when it is gone. */
    static void kill(long pid) {
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        process.ifPresent(ProcessHandle::destroyForcibly);
        await(
                "process " + pid + " is gone",
                Duration.ofSeconds(10),
                () -> ProcessHandle.of(pid).map(handle -> !handle.isAlive()).orElse(true),
                () -> "");
    }

    /** Reads a process id from the first line of a file. */
    static Optional<Long> pid(Path file) {
        try {
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            return lines.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Long.valueOf(lines.get(0).trim()));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Waits until a condition holds; fails with what was waited for and an explanation. */
    static void await(String what, Duration atMost, BooleanSupplier condition, Supplier<String> explanation) {
        long end = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(
                        "Waited " + atMost.toSeconds() + " s in vain until " + what + ". " + explanation.get());
            }
            LockSupport.parkNanos(PAUSE);
        }
    }

    /** Tells whether a server answers to what it is sent; an empty greeting only connects. */
    static boolean answers(int port, byte[] greeting) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            socket.setSoTimeout(1_000);
            if (greeting.length == 0) {
                return true;
            }
            socket.getOutputStream().write(greeting);
            return socket.getInputStream().read() >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Takes back what was to run at the JVM's end, unless that has begun. */
    static void forgetAtExit(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyEnding) {
            // The hook runs or has run, and does what close() does.
        }
    }
}
