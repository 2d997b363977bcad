package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe of the README with real files and real HTTP: add, change over, see the old one idle, let it expire. */
@Tag("container")
class RotationDrillTest {

    private static final Duration POLL = Duration.ofMillis(5);
    private static final int CALLERS = 3;

    @TempDir
    private Path folder;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T12:00:00Z"));
    private final List<AtomicLong> calls =
            Stream.generate(AtomicLong::new).limit(CALLERS).toList();
    private final Queue<String> refused = new ConcurrentLinkedQueue<>();
    private volatile boolean running = true;

    private final class SteppedClock extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now.get();
        }
    }

    @Test
    void a_rotation_under_load_refuses_no_valid_call_and_shows_when_the_old_secret_is_idle() throws Exception {
        GeneratedToken old = TokenGenerator.generate("billing", "dwl");
        GeneratedToken next = TokenGenerator.generate("billing", "dwl");
        String expires = " expires=2026-11-21T13:00:00Z";
        Path clients = write("clients", old.configurationLine() + " label=old");
        Path token = write("token", old.token());
        ExecutorService pool = Executors.newFixedThreadPool(CALLERS);
        try (ClientTokenVerifier verifier = new ClientTokenVerifier(clients, POLL, new SteppedClock(), null);
                ClientToken caller = ClientToken.watching(token, POLL);
                ServletServer server = new TomcatServer()
                        .filter(BearerTokenFilter.builder(verifier).build(), DispatcherType.REQUEST)
                        .servlet(
                                "/*",
                                (request, response) -> response.getWriter().print(request.getRemoteUser()))
                        .start()) {
            List<Future<?>> callers = new ArrayList<>();
            CountDownLatch started = new CountDownLatch(CALLERS);
            for (AtomicLong count : calls) {
                callers.add(pool.submit(() -> call(server.port(), caller, count, started)));
            }
            assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();

            write(
                    "clients",
                    old.configurationLine() + " label=old" + expires + "\n" + next.configurationLine() + " label=new");
            await().until(() -> verifier.secrets().size() == 2);
            someCalls();
            write("token", next.token());
            await().until(() -> caller.get().equals(next.token()));
            someCalls();

            now.set(Instant.parse("2026-11-21T12:10:00Z"));
            someCalls();
            assertThat(lastUsed(verifier, "old")).isEqualTo(Instant.parse("2026-11-21T12:00:00Z"));
            assertThat(lastUsed(verifier, "new")).isEqualTo(Instant.parse("2026-11-21T12:10:00Z"));

            now.set(Instant.parse("2026-11-21T13:00:00Z"));
            someCalls();
            assertThat(server.get("/", "Authorization: Bearer " + old.token()).status())
                    .isEqualTo(401);
            write("clients", next.configurationLine() + " label=new");
            await().until(() -> verifier.secrets().size() == 1);
            someCalls();
            running = false;
            for (Future<?> each : callers) {
                each.get(30, TimeUnit.SECONDS);
            }
            assertThat(refused).isEmpty();
        } finally {
            running = false;
            pool.shutdownNow();
        }
    }

    private Void call(int port, ClientToken caller, AtomicLong count, CountDownLatch started) throws IOException {
        HttpClient client = HttpClient.newHttpClient();
        URI uri = URI.create("http://127.0.0.1:" + port + "/");
        while (running) {
            try {
                HttpResponse<String> answer = client.send(
                        HttpRequest.newBuilder(uri)
                                .header("Authorization", "Bearer " + caller.get())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() != 200 || !answer.body().equals("billing")) {
                    refused.add(answer.statusCode() + " " + answer.body());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
            if (count.incrementAndGet() == 1) {
                started.countDown();
            }
        }
        return null;
    }

    /** Of each caller more than the one under way, so that at least one began after this. */
    private void someCalls() {
        List<Long> before = calls.stream().map(AtomicLong::get).toList();
        await().until(() ->
                IntStream.range(0, CALLERS).allMatch(i -> calls.get(i).get() > before.get(i) + 2));
    }

    private static Instant lastUsed(ClientTokenVerifier verifier, String label) {
        return verifier.secrets().stream()
                .filter(secret -> secret.label().filter(label::equals).isPresent())
                .findFirst()
                .flatMap(SecretStatus::lastUsed)
                .orElseThrow();
    }

    private Path write(String name, String text) throws IOException {
        Path fresh = Files.writeString(folder.resolve(name + ".fresh"), text);
        return Files.move(fresh, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
}
