package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A verifier of a file: what a reload changes, and what a wrong file does not. */
class WatchingVerifierTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00.5Z");
    private static final Duration NEVER = Duration.ofDays(1);

    @TempDir
    private Path folder;

    private final GeneratedToken old = TokenGenerator.generate("billing", "dwl");
    private final GeneratedToken next = TokenGenerator.generate("billing", "dwl");
    private final Queue<ReloadResult> reloads = new ConcurrentLinkedQueue<>();
    private final Queue<SecretStatus> weak = new ConcurrentLinkedQueue<>();
    private final AuthenticationListener listener = new AuthenticationListener() {
        @Override
        public void onReload(ReloadResult result) {
            reloads.add(result);
            throw new IllegalStateException("a listener that fails");
        }

        @Override
        public void onWeakSecret(SecretStatus secret) {
            weak.add(secret);
        }
    };

    @Test
    void another_content_counts_at_once_and_is_told() throws IOException {
        Path file = write(old.configurationLine());
        try (ClientTokenVerifier verifier = verifier(file)) {
            assertThat(accepts(verifier, old)).isTrue();
            write(next.configurationLine());
            assertThat(accepts(verifier, old)).isTrue();
            assertThat(verifier.reload().status()).isEqualTo(ReloadResult.Status.CHANGED);
            assertThat(accepts(verifier, old)).isFalse();
            assertThat(accepts(verifier, next)).isTrue();
            assertThat(verifier.reload().status()).isEqualTo(ReloadResult.Status.UNCHANGED);
            assertThat(reloads).extracting(ReloadResult::status).containsExactly(ReloadResult.Status.CHANGED);
        }
    }

    @Test
    void a_file_that_is_missing_wrong_empty_or_too_large_leaves_the_last_good_set() throws IOException {
        Path file = write(old.configurationLine());
        try (ClientTokenVerifier verifier = verifier(file)) {
            Files.delete(file);
            failed(verifier, "the file cannot be read (NoSuchFileException)");
            write(next.configurationLine() + "\nbilling canary");
            failed(verifier, "line 2: the client id must be followed by {sha256} and a digest");
            write("# nobody");
            failed(verifier, "no clients configured");
            Files.write(file, new byte[(1 << 20) + 1]);
            failed(verifier, "the file is larger than 1 MiB");
            Files.write(file, new byte[] {(byte) 0xff});
            failed(verifier, "the file is not valid UTF-8");
            assertThat(reloads).hasSize(5).allMatch(result -> result.status() == ReloadResult.Status.FAILED);
            write(old.configurationLine());
            assertThat(verifier.reload().status()).isEqualTo(ReloadResult.Status.CHANGED);
            assertThat(verifier.reload().status()).isEqualTo(ReloadResult.Status.UNCHANGED);
            assertThat(accepts(verifier, old)).isTrue();
        }
    }

    private void failed(ClientTokenVerifier verifier, String problem) {
        ReloadResult result = verifier.reload();
        assertThat(result.status()).isEqualTo(ReloadResult.Status.FAILED);
        assertThat(result.problem().orElseThrow()).startsWith(problem);
        assertThat(accepts(verifier, old)).isTrue();
        assertThat(accepts(verifier, next)).isFalse();
    }

    @Test
    void a_symbolic_link_that_is_turned_is_followed_by_the_watch_alone() throws IOException {
        Path first = Files.createDirectory(folder.resolve("..2026_1"));
        Path second = Files.createDirectory(folder.resolve("..2026_2"));
        Files.writeString(first.resolve("clients"), old.configurationLine());
        Files.writeString(second.resolve("clients"), next.configurationLine());
        Path data = folder.resolve("..data");
        Files.createSymbolicLink(data, first.getFileName());
        Path file = folder.resolve("clients");
        Files.createSymbolicLink(file, Path.of("..data", "clients"));
        try (ClientTokenVerifier verifier = ClientTokenVerifier.watching(file, Duration.ofMillis(10), listener)) {
            assertThat(accepts(verifier, old)).isTrue();
            Path turned = folder.resolve("..data_tmp");
            Files.createSymbolicLink(turned, second.getFileName());
            Files.move(turned, data, StandardCopyOption.ATOMIC_MOVE);
            await().until(() -> accepts(verifier, next) && !accepts(verifier, old));
        }
    }

    @Test
    void the_watch_survives_a_file_that_goes_and_comes_back() throws IOException {
        Path file = write(old.configurationLine());
        try (ClientTokenVerifier verifier = ClientTokenVerifier.watching(file, Duration.ofMillis(10), listener)) {
            Files.delete(file);
            await().until(() -> reloads.stream().anyMatch(told -> told.status() == ReloadResult.Status.FAILED));
            replace(next.configurationLine());
            await().until(() -> accepts(verifier, next));
        }
    }

    @Test
    void a_closed_verifier_watches_no_longer_and_goes_on_verifying() throws IOException {
        Path file = write(old.configurationLine());
        ClientTokenVerifier verifier = ClientTokenVerifier.watching(file, Duration.ofMillis(1));
        verifier.close();
        verifier.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("dowel-client-tokens") && thread.isAlive());
        assertThat(accepts(verifier, old)).isTrue();
    }

    @Test
    void refuses_to_start_with_a_wrong_file_or_pause() throws IOException {
        Path file = write("billing canary");
        assertThatIllegalStateException()
                .isThrownBy(() -> ClientTokenVerifier.watching(file, NEVER))
                .withMessageStartingWith("line 1: ")
                .withMessageNotContaining("canary")
                .withNoCause();
        assertThatIllegalStateException()
                .isThrownBy(() -> ClientTokenVerifier.watching(folder.resolve("canary"), NEVER))
                .withMessage("the file cannot be read (NoSuchFileException)")
                .withNoCause();
        write(old.configurationLine());
        for (Duration poll : List.of(Duration.ZERO, Duration.ofMillis(-1), NEVER.plusNanos(1))) {
            assertThatIllegalArgumentException().isThrownBy(() -> ClientTokenVerifier.watching(file, poll));
        }
    }

    @Test
    void the_last_use_of_each_secret_is_visible_and_survives_reloads() throws IOException {
        Path file =
                write(old.configurationLine() + " label=old expires=2027-01-01T00:00:00Z\n" + next.configurationLine()
                        + " not-before=2026-01-01T00:00:00Z label=new\nother "
                        + digest(TokenGenerator.generate("other", "dwl")) + " disabled=true");
        try (ClientTokenVerifier verifier = verifier(file)) {
            assertThat(verifier.secrets()).allMatch(secret -> secret.lastUsed().isEmpty());
            accepts(verifier, old);
            assertThat(status(verifier, "old").lastUsed()).contains(Instant.parse("2026-11-21T12:00:00Z"));
            assertThat(status(verifier, "old").expires()).contains(Instant.parse("2027-01-01T00:00:00Z"));
            assertThat(status(verifier, "new").lastUsed()).isEmpty();
            assertThat(status(verifier, "new").notBefore()).contains(Instant.parse("2026-01-01T00:00:00Z"));
            write(old.configurationLine() + " label=renamed");
            verifier.reload();
            assertThat(verifier.secrets()).singleElement().satisfies(secret -> {
                assertThat(secret.label()).contains("renamed");
                assertThat(secret.lastUsed()).contains(Instant.parse("2026-11-21T12:00:00Z"));
            });
        }
    }

    @Test
    void two_verifiers_of_the_same_clients_count_apart_and_refused_calls_are_no_use() {
        ClientRegistry registry =
                ClientRegistry.parse(old.configurationLine() + " disabled=true\n" + next.configurationLine());
        ClientTokenVerifier one = ClientTokenVerifier.of(registry);
        ClientTokenVerifier two = ClientTokenVerifier.of(registry);
        accepts(one, old);
        accepts(one, next);
        assertThat(one.secrets())
                .extracting(secret -> secret.lastUsed().isPresent())
                .containsExactly(false, true);
        assertThat(two.secrets()).allMatch(secret -> secret.lastUsed().isEmpty());
        assertThat(one.reload()).isEqualTo(ReloadResult.UNCHANGED);
    }

    @Test
    void a_secret_too_short_to_be_random_is_told_once_at_its_first_success() throws IOException {
        GeneratedToken shorter = new GeneratedToken("billing", "x".repeat(21));
        GeneratedToken long22 = new GeneratedToken("billing", "x".repeat(22));
        Path file = write(shorter.configurationLine() + " label=short\n" + long22.configurationLine());
        try (ClientTokenVerifier verifier = verifier(file)) {
            accepts(verifier, new GeneratedToken("billing", "y"));
            accepts(verifier, long22);
            assertThat(weak).isEmpty();
            accepts(verifier, shorter);
            accepts(verifier, shorter);
            verifier.replace(ClientRegistry.parse(shorter.configurationLine()));
            accepts(verifier, shorter);
            assertThat(weak).singleElement().satisfies(secret -> {
                assertThat(secret.client()).isEqualTo("billing");
                assertThat(secret.label()).contains("short");
            });
        }
    }

    private ClientTokenVerifier verifier(Path file) {
        return new ClientTokenVerifier(file, NEVER, Clock.fixed(NOW, ZoneOffset.UTC), listener);
    }

    private static SecretStatus status(ClientTokenVerifier verifier, String label) {
        return verifier.secrets().stream()
                .filter(secret -> secret.label().filter(label::equals).isPresent())
                .findFirst()
                .orElseThrow();
    }

    private static boolean accepts(ClientTokenVerifier verifier, GeneratedToken token) {
        return verifier.verify(BearerToken.of(token.token())) instanceof Verification.Accepted;
    }

    private static String digest(GeneratedToken token) {
        return token.configurationLine().substring(token.configurationLine().indexOf('{'));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("clients.txt"), text, StandardCharsets.UTF_8);
    }

    private void replace(String text) throws IOException {
        Path fresh = Files.writeString(folder.resolve("fresh"), text);
        Files.move(fresh, folder.resolve("clients.txt"), StandardCopyOption.ATOMIC_MOVE);
    }
}
