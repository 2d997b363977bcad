package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientTokenTest {

    private static final Duration NEVER = Duration.ofDays(1);

    @TempDir
    private Path folder;

    @Test
    void gives_the_token_of_the_file_and_follows_it() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "  Zmlyc3Q=\n");
        try (ClientToken token = ClientToken.watching(file, Duration.ofMillis(10))) {
            assertThat(token.get()).isEqualTo("Zmlyc3Q=");
            Path fresh = Files.writeString(folder.resolve("fresh"), "c2Vjb25k");
            Files.move(fresh, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            await().until(() -> token.get().equals("c2Vjb25k"));
        }
    }

    @Test
    void a_file_that_is_no_token_leaves_the_last_good_one() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "Zmlyc3Q=");
        try (ClientToken token = ClientToken.watching(file, NEVER)) {
            for (String wrong : new String[] {"", "Bearer canary", "canary\ncanary"}) {
                Files.writeString(file, wrong);
                ReloadResult result = token.reload();
                assertThat(result.status()).isEqualTo(ReloadResult.Status.FAILED);
                assertThat(result.toString()).doesNotContain("canary");
                assertThat(token.get()).isEqualTo("Zmlyc3Q=");
            }
            Files.writeString(file, "c2Vjb25k");
            assertThat(token.reload().status()).isEqualTo(ReloadResult.Status.CHANGED);
            assertThat(token.get()).isEqualTo("c2Vjb25k");
            assertThat(token.toString()).isEqualTo("ClientToken[redacted]");
        }
    }

    @Test
    void the_environment_gives_a_fixed_token_or_a_watched_file() throws Exception {
        assertThat(ClientToken.from(Map.of("CLIENT_TOKEN", " abc ")).get()).isEqualTo("abc");
        Path file = Files.writeString(folder.resolve("token"), "def");
        Supplier<String> watched = ClientToken.from(Map.of("CLIENT_TOKEN_FILE", file.toString()));
        assertThat(watched).isInstanceOf(ClientToken.class);
        try (ClientToken token = (ClientToken) watched) {
            assertThat(token.get()).isEqualTo("def");
        }
    }

    @Test
    void a_wrong_environment_names_the_variable_and_no_value() {
        assertThatIllegalStateException()
                .isThrownBy(() -> ClientToken.from(Map.of()))
                .withMessage("set exactly one of CLIENT_TOKEN and CLIENT_TOKEN_FILE; now neither is");
        assertThatIllegalStateException()
                .isThrownBy(() -> ClientToken.from(Map.of("CLIENT_TOKEN", "a", "CLIENT_TOKEN_FILE", "b")))
                .withMessageEndingWith("now both are");
        assertThatIllegalStateException()
                .isThrownBy(() -> ClientToken.from(Map.of("CLIENT_TOKEN", "canary canary")))
                .withMessageStartingWith("CLIENT_TOKEN: value is not a bearer token")
                .withMessageNotContaining("canary")
                .withNoCause();
        for (String path : new String[] {folder.resolve("canary").toString(), "canary\0"}) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> ClientToken.from(Map.of("CLIENT_TOKEN_FILE", path)))
                    .withMessageStartingWith("CLIENT_TOKEN_FILE: the file cannot be read (")
                    .withMessageNotContaining("canary")
                    .withNoCause();
        }
    }
}
