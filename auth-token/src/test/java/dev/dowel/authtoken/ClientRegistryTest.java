package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientRegistryTest {

    private static final String D1 = "{sha256}" + Base64.getEncoder().encodeToString(new byte[32]);
    private static final String D2 = "{sha256}" + "_".repeat(42) + "8";

    @Test
    void reads_lines_commas_comments_and_blank_lines() {
        ClientRegistry registry = ClientRegistry.parse("# clients, of 2026\r\n\n billing\t" + D1
                + " scopes=a+b label=x expires=2027-01-01T00:00:00Z # the old one, soon gone\n"
                + "billing " + D2 + " label=y not-before=2026-12-01T00:00:00Z,orders " + D1 + ",, ,\n,# end");
        assertThat(registry.clientIds()).containsExactlyInAnyOrder("billing", "orders");
        assertThat(registry.secrets("billing")).hasSize(2);
    }

    @Test
    void reads_an_environment_variable_of_one_line() {
        assertThat(ClientRegistry.parse("billing " + D1 + ",orders " + D2 + " disabled=true")
                        .clientIds())
                .hasSize(2);
    }

    @Test
    void scopes_belong_to_the_client_and_may_be_stated_once_or_the_same_again() {
        String text = "billing " + D1 + "\nbilling " + D2 + " scopes=a+b\n";
        List<HashedSecret> secrets = ClientRegistry.parse(text).secrets("billing");
        assertThat(secrets)
                .allSatisfy(secret -> assertThat(((Verification.Accepted) secret.at(java.time.Instant.EPOCH))
                                .principal()
                                .scopes())
                        .containsExactlyInAnyOrder("a", "b"));
        ClientRegistry.parse("billing " + D1 + " scopes=b+a\nbilling " + D2 + " scopes=a+b\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n\t\n", "# only a comment", ",,,"})
    void no_clients_is_an_error(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClientRegistry.parse(text))
                .withMessageStartingWith("no clients configured");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "canary:canary                         | line 2: the client id must be [A-Za-z0-9][A-Za-z0-9._-]{0,63}",
                "canary                                | line 2: the client id must be followed by {sha256}",
                "canary canary                         | line 2: the client id must be followed by {sha256}",
                "canary {noop}canary                   | line 2: the client id must be followed by {sha256}",
                "canary {sha256}                       | line 2: the digest must be the Base64 form of exactly 32 bytes",
                "canary {sha256}canary                 | line 2: the digest must be the Base64 form of exactly 32 bytes",
                "canary D1 canary                      | line 2: word 3 must be label=",
                "canary D1 canary=canary               | line 2: word 3 must be label=",
                "canary D1 label=a canary=canary       | line 2: word 4 must be label=",
                "canary D1 label=canary@               | line 2: label must be",
                "canary D1 label=a label=canary        | line 2: label stands twice",
                "canary D1 expires=canary              | line 2: expires must be an instant like 2027",
                "canary D1 not-before=canary           | line 2: not-before must be an instant like 2027",
                "canary D1 scopes=canary++             | line 2: scopes must be scope tokens",
                "canary D1 scopes=canary\\             | line 2: scopes must be scope tokens",
                "canary D1 scopes=                     | line 2: scopes must be scope tokens",
                "canary D1 disabled=canary             | line 2: disabled must be true or false",
                "canary D1 not-before=2027-01-01T00:00:00Z expires=2027-01-01T00:00:00Z | line 2: not-before must lie before",
                "canary D1,canary D1                   | line 2: repeats the secret of line 2",
                "canary D1 label=a,canary D2 label=a   | line 2: repeats the label of line 2",
                "canary D1 scopes=a,canary D2 scopes=b | line 2: states other scopes than line 2"
            })
    void an_error_gives_line_and_problem_and_no_value(String line, String message) {
        String text = "# first\n" + line.replace("D1", D1).replace("D2", D2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClientRegistry.parse(text))
                .withMessageStartingWith(message)
                .withNoCause()
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("canary"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 20, 31, 33, 48, 64})
    void a_digest_of_another_length_is_an_error(int length) {
        String text = "billing {sha256}" + Base64.getEncoder().encodeToString(new byte[length]);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClientRegistry.parse(text))
                .withMessage("line 1: the digest must be the Base64 form of exactly 32 bytes");
    }

    @Test
    void to_string_shows_no_digest() {
        assertThat(ClientRegistry.parse("billing " + D1)).hasToString("ClientRegistry[1 clients]");
    }

    @Test
    void a_client_has_at_most_32_secrets() {
        assertThat(ClientRegistry.parse(lines("billing", 32)).secrets("billing"))
                .hasSize(32);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClientRegistry.parse("orders " + D1 + "\n" + lines("billing", 33)))
                .withMessage("line 34: the client has more than 32 secrets; take old ones away");
    }

    @Test
    void all_clients_share_what_evens_out_their_numbers_of_secrets() {
        ClientRegistry registry = ClientRegistry.parse(lines("billing", 32) + lines("orders", 2) + lines("users", 1));
        List<HashedSecret> shared = registry.secretsOfUnknown();
        assertThat(shared).hasSize(32);
        assertThat(registry.secrets("billing")).hasSize(32).doesNotContainAnyElementsOf(shared);
        assertThat(registry.secrets("orders"))
                .hasSize(32)
                .endsWith(shared.subList(2, 32).toArray(HashedSecret[]::new));
        assertThat(registry.secrets("users"))
                .hasSize(32)
                .endsWith(shared.subList(1, 32).toArray(HashedSecret[]::new));
    }

    private static String lines(String client, int secrets) {
        return IntStream.range(0, secrets)
                .mapToObj(i -> client + " {sha256}" + Base64.getEncoder().encodeToString(digest(i)) + "\n")
                .collect(Collectors.joining());
    }

    private static byte[] digest(int number) {
        byte[] digest = new byte[32];
        digest[0] = (byte) number;
        return digest;
    }
}
