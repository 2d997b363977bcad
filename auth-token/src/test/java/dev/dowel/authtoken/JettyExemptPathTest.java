package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("jetty")
class JettyExemptPathTest extends ExemptPathContract {

    @Override
    ServletServer newServer() {
        return new JettyServer();
    }

    /** Jetty throws when it is asked for the servlet path of such a one, and would answer 400 without a challenge. */
    @ParameterizedTest
    @ValueSource(strings = {"/public%2f..%2fadmin", "/open/..%2fadmin", "/open/%2e%2e/admin"})
    void an_ambiguous_path_that_jetty_lets_in_is_answered_by_the_filter(String path) throws Exception {
        ServletServer.Answer answer = exempting().get(path);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer realm=");
    }
}
