package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenGeneratorTest {

    @Test
    void makes_a_prefix_43_random_digits_and_a_checksum() {
        Set<String> secrets = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            String secret = TokenGenerator.generate("likes", "dwl").secret();
            assertThat(secret).matches("dwl_[0-9A-Za-z]{43}[0-9A-Za-z]{6}");
            String body = secret.substring(0, secret.length() - 6);
            assertThat(secret).endsWith(TokenGenerator.checksum(body));
            secrets.add(secret);
        }
        assertThat(secrets).hasSize(200);
    }

    @Test
    void the_checksum_is_the_crc_32_in_base_62() {
        assertThat(TokenGenerator.checksum("123456789")).isEqualTo("3jZRME"); // 0xcbf43926, the check value of CRC-32
        assertThat(TokenGenerator.checksum("")).isEqualTo("000000");
    }

    @Test
    void a_scanner_can_tell_its_secrets_from_other_texts() {
        String secret = TokenGenerator.generate("likes", "abc").secret();
        assertThat(TokenGenerator.isGenerated(secret)).isTrue();
        assertThat(TokenGenerator.isGenerated("abd" + secret.substring(3))).isFalse();
        assertThat(TokenGenerator.isGenerated(secret.substring(1))).isFalse();
        assertThat(TokenGenerator.isGenerated(secret + "0")).isFalse();
        assertThat(TokenGenerator.isGenerated(secret.replace('_', '-'))).isFalse();
        assertThat(TokenGenerator.isGenerated("")).isFalse();
        assertThat(TokenGenerator.isGenerated("x".repeat(100_000))).isFalse();
    }

    @Test
    void its_token_is_accepted_with_its_configuration_line() {
        GeneratedToken generated = TokenGenerator.generate("likes", "dwl");
        ClientTokenVerifier verifier =
                ClientTokenVerifier.of(ClientRegistry.parse(generated.configurationLine() + " scopes=users:read"));
        assertThat(verifier.verify(BearerToken.of(generated.token()))).isInstanceOf(Verification.Accepted.class);
        GeneratedToken other = TokenGenerator.generate("likes", "dwl");
        assertThat(verifier.verify(BearerToken.of(other.token()))).isInstanceOf(Verification.Rejected.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a_b", "é", "a b", "aaaaaaaaaaaaaaaaa"})
    void refuses_a_prefix_of_another_grammar(String prefix) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TokenGenerator.generate("likes", prefix))
                .withMessage("prefix must be 1 to 16 ASCII letters and digits");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:b", "-a", "a b", "é"})
    void refuses_a_client_id_of_another_grammar(String clientId) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TokenGenerator.generate(clientId, "dwl"))
                .withMessageStartingWith("clientId must be");
    }

    @Test
    void the_program_runs_with_nothing_but_this_library_and_prints_each_text_once() throws Exception {
        Path classes = Path.of(TokenGenerator.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        String java = System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
        Process process = new ProcessBuilder(
                        java, "-cp", classes.toString(), TokenGenerator.class.getName(), "billing", "abc")
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        String[] lines = printed.split("\\R");
        assertThat(lines).hasSize(6);
        GeneratedToken generated = new GeneratedToken("billing", lines[1]);
        assertThat(lines[1]).startsWith("abc_");
        assertThat(printed).containsOnlyOnce(generated.secret());
        assertThat(printed).containsOnlyOnce(generated.token());
        assertThat(lines[3]).isEqualTo("Authorization: Bearer " + generated.token());
        assertThat(lines[5]).isEqualTo(generated.configurationLine());
    }

    @Test
    void the_program_says_how_to_use_it() {
        assertThat(run()).isEqualTo("2 usage: TokenGenerator CLIENT_ID [PREFIX]");
        assertThat(run("a", "b", "c")).isEqualTo("2 usage: TokenGenerator CLIENT_ID [PREFIX]");
        assertThat(run("a:b")).startsWith("2 clientId must be");
    }

    private static String run(String... arguments) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        int status = TokenGenerator.run(arguments, out, new PrintStream(err, true, StandardCharsets.UTF_8));
        return status + " " + err.toString(StandardCharsets.UTF_8).strip();
    }
}
