package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The lines of the README that configure clients, with digests in the place of those that are cut short. */
class ReadmePageTest {
    private static final Pattern LINES =
            Pattern.compile("^```\\n(billing .*?)^```", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern CUT_SHORT = Pattern.compile("\\{sha256}\\S+\\.\\.\\.=?");

    @Test
    void the_lines_of_the_page_make_a_client_whose_secrets_count_when_they_say() throws Exception {
        GeneratedToken old = TokenGenerator.generate("billing", "bil");
        GeneratedToken next = TokenGenerator.generate("billing", "bil");
        ClientRegistry clients = ClientRegistry.parse(lines(old, next));

        assertThat(clients.clientIds()).containsExactly("billing");
        List<HashedSecret> secrets = clients.secrets("billing");
        assertThat(accepted(secrets, "2026-11-30T23:59:59Z")).containsExactly("2026-10");
        assertThat(accepted(secrets, "2026-12-01T00:00:00Z")).containsExactly("2026-10", "2026-12");
        assertThat(accepted(secrets, "2027-01-01T00:00:00Z")).containsExactly("2026-12");
    }

    private static List<String> accepted(List<HashedSecret> secrets, String time) {
        return secrets.stream()
                .map(secret -> secret.at(Instant.parse(time)))
                .filter(Verification.Accepted.class::isInstance)
                .map(answer -> ((Verification.Accepted) answer).principal())
                .peek(principal ->
                        assertThat(principal.scopes()).containsExactlyInAnyOrder("orders:read", "orders:write"))
                .map(principal -> principal.attributes().get("secret"))
                .toList();
    }

    private static String lines(GeneratedToken... digests) throws Exception {
        Matcher page = LINES.matcher(Files.readString(Path.of("README.md")));
        assertThat(page.find()).isTrue();
        String text = page.group(1);
        for (GeneratedToken token : digests) {
            String line = token.configurationLine();
            String digest = line.substring(line.indexOf("{sha256}"));
            assertThat(CUT_SHORT.matcher(text).find()).isTrue();
            text = CUT_SHORT.matcher(text).replaceFirst(Matcher.quoteReplacement(digest));
        }
        return text;
    }
}
