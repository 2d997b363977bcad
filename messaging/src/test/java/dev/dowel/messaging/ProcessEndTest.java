package dev.dowel.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.dowel.testservices.RabbitMq;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule D9: a consumer's process ends under load, and nothing is acknowledged that was not handled. */
class ProcessEndTest {
    private static final String QUEUE = "likes";
    private static final EventType<Integer> DELETED = EventType.of("user.deleted", "1.0.0", Integer.class);
    private static final int MESSAGES = 400;
    private static final boolean SOAK = Boolean.getBoolean("soak");

    @TempDir
    private Path folder;

    private URI vhost;
    private Connection connection;

    @BeforeEach
    void connect() throws Exception {
        vhost = RabbitMq.shared().newVhost();
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(vhost.toString());
        connection = factory.newConnection();
    }

    @AfterEach
    void disconnect() throws Exception {
        connection.close();
    }

    /** The consumer's process: writes down each message, for good, before it is acknowledged. */
    static final class Consuming {
        public static void main(String[] arguments) throws Exception {
            FileChannel file = FileChannel.open(
                    Path.of(arguments[1]),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.APPEND);
            Messaging messaging = Messaging.builder()
                    .uri(arguments[0])
                    .connectionName("ending")
                    .build();
            Runtime.getRuntime().addShutdownHook(new Thread(messaging::close));
            messaging.start();
            messaging
                    .subscribe(QUEUE)
                    .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                    .concurrency(2)
                    .handler(Integer.class, (body, delivery) -> write(file, body));
            Thread.currentThread().join();
        }

        private static synchronized void write(FileChannel file, int id) throws IOException {
            ByteBuffer line = ByteBuffer.wrap((id + "\n").getBytes(StandardCharsets.US_ASCII));
            while (line.hasRemaining()) {
                file.write(line);
            }
            file.force(true);
        }
    }

    @Test
    void d9_asked_to_end_it_finishes_what_it_handles_and_gives_the_rest_back() throws Exception {
        declare();
        for (int round = 0; round < (SOAK ? 100 : 3); round++) {
            Path file = folder.resolve("term" + round);
            Process consumer = consumeSome(file);
            consumer.destroy();
            assertThat(consumer.waitFor(40, TimeUnit.SECONDS)).isTrue();

            List<Integer> handled = handled(file);
            Set<Integer> left = left(MESSAGES - handled.size());
            assertThat(handled).doesNotHaveDuplicates().doesNotContainAnyElementsOf(left);
            assertThat(handled.size() + left.size()).isEqualTo(MESSAGES);
        }
    }

    @Test
    void d9_killed_it_has_acknowledged_nothing_that_it_had_not_handled() throws Exception {
        declare();
        for (int round = 0; round < (SOAK ? 20 : 2); round++) {
            Path file = folder.resolve("kill" + round);
            Process consumer = consumeSome(file);
            consumer.destroyForcibly();
            assertThat(consumer.waitFor(40, TimeUnit.SECONDS)).isTrue();

            Set<Integer> all = new HashSet<>(handled(file));
            all.addAll(left(MESSAGES - all.size()));
            assertThat(all).hasSize(MESSAGES);
        }
    }

    private void declare() {
        try (Messaging messaging = Messaging.builder().uri(vhost.toString()).build()) {
            messaging.start();
            Subscription subscription = messaging
                    .subscribe(QUEUE)
                    .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                    .handler(Integer.class, (body, delivery) -> {});
            await().atMost(Duration.ofSeconds(30)).until(subscription::active);
        }
    }

    /** Publishes all messages and returns a process that is in the middle of handling them. */
    private Process consumeSome(Path file) throws Exception {
        try (Messaging messaging = Messaging.builder().uri(vhost.toString()).build()) {
            messaging.start();
            for (int id = 0; id < MESSAGES - 1; id++) {
                var unused = messaging.publisher("events").publish(Message.of(DELETED, id));
            }
            messaging.publisher("events").publishAndWait(Message.of(DELETED, MESSAGES - 1));
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Consuming.class.getName(),
                vhost.toString(),
                file.toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(new File(file + ".log"))
                .start();
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> handled(file).size() > 30);
        return process;
    }

    private static List<Integer> handled(Path file) {
        try {
            return Files.exists(file)
                    ? Files.readAllLines(file).stream().map(Integer::valueOf).toList()
                    : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns, and removes, what is still in the queue once all consumers have gone. */
    private Set<Integer> left(int atLeast) throws Exception {
        Set<Integer> left = new HashSet<>();
        try (Channel channel = connection.createChannel()) {
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                assertThat(channel.consumerCount(QUEUE)).isZero();
                assertThat(channel.messageCount(QUEUE)).isGreaterThanOrEqualTo(atLeast);
            });
            for (GetResponse got = channel.basicGet(QUEUE, true); got != null; got = channel.basicGet(QUEUE, true)) {
                left.add(Integer.valueOf(new String(got.getBody(), StandardCharsets.UTF_8)));
            }
            assertThat(channel.messageCount(QUEUE + ".parking")).isZero();
        }
        return left;
    }
}
