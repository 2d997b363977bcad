package dev.dowel.benchmarks;

import dev.dowel.benchmarks.contenders.Contender;
import dev.dowel.benchmarks.contenders.Kind;
import dev.dowel.benchmarks.server.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import okhttp3.OkHttpClient;

/**
 * Many virtual threads that wait for a slow service at the same time: none may hold its carrier thread meanwhile. What holds
 * it is told by the JDK's flight recorder. For JDK 21 and later; before JDK 24 every {@code synchronized} around a wait
 * holds the carrier.
 */
final class VirtualThreads {

    private static final Duration DELAY = Duration.ofMillis(200);
    private static final String PINNED = "jdk.VirtualThreadPinned";

    private VirtualThreads() {}

    /** Tells whether this JDK has them. */
    static boolean supported() {
        return Runtime.version().feature() >= 21;
    }

    static String table(int threads) throws Exception {
        String title = String.format(
                Locale.ROOT,
                "%d virtual threads, each one get of a service that takes %d ms",
                threads,
                DELAY.toMillis());
        if (!supported()) {
            return "\n### " + title + "\n\nNot on JDK " + Runtime.version().feature() + ": add --jdk 25\n";
        }
        Table table = new Table(title + ", JDK " + Runtime.version().feature(), List.of("", "ms", "calls", "pinned"));
        for (Kind kind : Kind.values()) {
            if (kind != Kind.DOWEL_HIT && kind != Kind.DOWEL_HIT_SHARED) {
                Outcome outcome = measure(kind, threads);
                table.row(List.of(
                        kind.label(),
                        (double) outcome.wall().toMillis(),
                        outcome.calls(),
                        outcome.places().size()));
            }
        }
        return table.toString();
    }

    static Outcome measure(Kind kind, int threads) throws Exception {
        try (ServerProcess server = ServerProcess.start(DELAY);
                Contender contender = kind.open(new OkHttpClient(), server.base());
                Recording recording = new Recording()) {
            // Loading and initializing a class holds the carrier as well, but only once.
            getAll(contender, threads);
            server.requests();
            recording.enable(PINNED).withThreshold(Duration.ZERO).withStackTrace();
            recording.start();
            long start = System.nanoTime();
            getAll(contender, threads);
            Duration wall = Duration.ofNanos(System.nanoTime() - start);
            recording.stop();
            return new Outcome(wall, server.requests(), pinned(recording));
        }
    }

    private static void getAll(Contender contender, int threads) throws Exception {
        ExecutorService executor = (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        try {
            List<Future<?>> gets = IntStream.range(0, threads)
                    .<Future<?>>mapToObj(id -> executor.submit(() -> contender.get(id)))
                    .toList();
            for (Future<?> get : gets) {
                get.get();
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private static List<String> pinned(Recording recording) throws IOException {
        Path file = Files.createTempFile("pinned", ".jfr");
        try {
            recording.dump(file);
            return RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().equals(PINNED))
                    .map(VirtualThreads::place)
                    .toList();
        } finally {
            Files.delete(file);
        }
    }

    /** The innermost code outside of the JDK. */
    private static String place(RecordedEvent event) {
        return event.getStackTrace() == null
                ? "unknown"
                : event.getStackTrace().getFrames().stream()
                        .map(frame -> frame.getMethod().getType().getName() + "."
                                + frame.getMethod().getName())
                        .filter(method -> !method.startsWith("java.") && !method.startsWith("jdk."))
                        .findFirst()
                        .orElse("the JDK");
    }

    /** How long all took, how many calls arrived, and where threads held their carriers. */
    record Outcome(Duration wall, long calls, List<String> places) {}
}
