package dev.dowel.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.testservices.RabbitMq;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From 5.35 on the client's Netty may be left out. A JVM of its own shows that nothing of the library needs it. */
class NoNettyTest {
    @TempDir
    Path folder;

    @Test
    void without_netty_on_the_class_path_messages_are_published_and_handled() throws Exception {
        List<String> full = Stream.of(
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                                .split(File.pathSeparator))
                .toList();
        Assumptions.assumeFalse(
                full.stream().anyMatch(entry -> entry.matches(".*amqp-client-5\\.(2\\d|3[0-4])\\..*")),
                "This client is older");
        List<String> slim = full.stream()
                .filter(entry -> !new File(entry).getName().startsWith("netty-"))
                .toList();
        assertThat(slim).hasSizeLessThan(full.size());

        assertThat(run(slim)).contains("handled 7, Netty is absent");
    }

    private String run(List<String> classPath) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        String.join(File.pathSeparator, classPath),
                        Service.class.getName(),
                        RabbitMq.shared().newVhost().toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(output);
    }

    /** Publishes one message to itself. */
    static final class Service {
        private Service() {}

        public static void main(String[] arguments) throws Exception {
            java.util.concurrent.CompletableFuture<Long> handled = new java.util.concurrent.CompletableFuture<>();
            try (Messaging messaging = Messaging.builder().uri(arguments[0]).build()) {
                messaging.start();
                Subscription subscription = messaging
                        .subscribe("likes")
                        .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                        .handler(Long.class, (body, delivery) -> handled.complete(body));
                org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(20)).until(subscription::active);
                messaging
                        .publisher("events")
                        .publishAndWait(Message.of(EventType.of("user.deleted", "1.0.0", Long.class), 7L));
                System.out.println("handled " + handled.get(20, TimeUnit.SECONDS) + ", Netty is " + netty());
            }
        }

        private static String netty() {
            try {
                return Class.forName("io.netty.bootstrap.Bootstrap").getName();
            } catch (ClassNotFoundException e) {
                return "absent";
            }
        }
    }
}
