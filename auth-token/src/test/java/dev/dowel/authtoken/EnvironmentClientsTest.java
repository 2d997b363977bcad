package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentClientsTest {

    private static final String LINE = TokenGenerator.generate("billing", "dwl").configurationLine();

    @TempDir
    private Path folder;

    @Test
    void reads_the_variable() {
        assertThat(clients(EnvironmentClients.verifier(Map.of("CLIENT_TOKENS", LINE), null)))
                .containsExactly("billing");
    }

    @Test
    void reads_the_file() throws IOException {
        assertThat(clients(read((LINE + "\n").getBytes(StandardCharsets.UTF_8))))
                .containsExactly("billing");
    }

    @Test
    void refuses_to_start_with_neither_or_both() {
        assertThatIllegalStateException()
                .isThrownBy(() -> EnvironmentClients.verifier(Map.of("CLIENT_TOKENS", " "), null))
                .withMessage("set exactly one of CLIENT_TOKENS and CLIENT_TOKENS_FILE; now neither is");
        assertThatIllegalStateException()
                .isThrownBy(() ->
                        EnvironmentClients.verifier(Map.of("CLIENT_TOKENS", LINE, "CLIENT_TOKENS_FILE", "f"), null))
                .withMessage("set exactly one of CLIENT_TOKENS and CLIENT_TOKENS_FILE; now both are");
    }

    @Test
    void refuses_to_start_with_a_wrong_text_and_names_variable_and_line() {
        assertThatIllegalStateException()
                .isThrownBy(() -> EnvironmentClients.verifier(Map.of("CLIENT_TOKENS", "canary:canary"), null))
                .withMessageStartingWith("CLIENT_TOKENS: line 1: the client id must be");
    }

    @Test
    void refuses_to_start_with_a_file_that_cannot_be_read() {
        String missing = folder.resolve("canary").toString();
        assertThatIllegalStateException()
                .isThrownBy(() -> EnvironmentClients.verifier(Map.of("CLIENT_TOKENS_FILE", missing), null))
                .withMessage("CLIENT_TOKENS_FILE: the file cannot be read (NoSuchFileException)")
                .withNoCause();
        assertThatIllegalStateException()
                .isThrownBy(() -> EnvironmentClients.verifier(Map.of("CLIENT_TOKENS_FILE", "canary\0"), null))
                .withMessage("CLIENT_TOKENS_FILE: the file cannot be read (InvalidPathException)")
                .withNoCause();
    }

    @Test
    void refuses_to_start_with_a_file_that_is_not_utf_8_too_large_or_empty() {
        assertThatIllegalStateException()
                .isThrownBy(() -> read(new byte[] {'a', (byte) 0xff}))
                .withMessage("CLIENT_TOKENS_FILE: the file is not valid UTF-8");
        assertThatIllegalStateException()
                .isThrownBy(() -> read(new byte[(1 << 20) + 1]))
                .withMessage("CLIENT_TOKENS_FILE: the file is larger than 1 MiB");
        assertThatIllegalStateException()
                .isThrownBy(() -> read(new byte[0]))
                .withMessageStartingWith("CLIENT_TOKENS_FILE: no clients configured");
    }

    private static List<String> clients(ClientTokenVerifier verifier) {
        try (verifier) {
            return verifier.secrets().stream().map(SecretStatus::client).toList();
        }
    }

    private ClientTokenVerifier read(byte[] content) throws IOException {
        Path file = Files.write(folder.resolve("clients"), content);
        return EnvironmentClients.verifier(Map.of("CLIENT_TOKENS_FILE", file.toString()), null);
    }
}
