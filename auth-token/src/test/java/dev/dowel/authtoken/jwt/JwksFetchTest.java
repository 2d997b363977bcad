package dev.dowel.authtoken.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.io.IOException;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The issuer's key set over real HTTP. */
class JwksFetchTest {

    private final MockWebServer server = new MockWebServer();

    @BeforeEach
    void start() throws IOException {
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private JwksFetch fetch() {
        return new JwksFetch(server.url("/keys").uri());
    }

    @Test
    void reads_a_key_set() throws Exception {
        RSAKey key = new RSAKeyGenerator(2048).keyID("one").generate();
        server.enqueue(new MockResponse.Builder()
                .body("{\"keys\":[" + key.toPublicJWK() + "]}")
                .build());
        assertThat(fetch().fetch().getKeyByKeyId("one")).isEqualTo(key.toPublicJWK());
        assertThat(server.takeRequest().getHeaders().get("Accept")).contains("application/jwk-set+json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "null", "[]", "{\"keys\":[]}", "{\"keys\":[{}]}", "{\"keys\":7}", "<html>"})
    void anything_else_is_a_failure(String body) {
        server.enqueue(new MockResponse.Builder().body(body).build());
        assertThatIOException().isThrownBy(fetch()::fetch);
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 404, 500, 503})
    void another_status_is_a_failure(int status) {
        server.enqueue(new MockResponse.Builder().code(status).build());
        assertThatIOException().isThrownBy(fetch()::fetch).withMessage("status " + status);
    }

    @Test
    void a_redirect_is_not_followed() {
        server.enqueue(new MockResponse.Builder()
                .code(302)
                .addHeader("Location", server.url("/other").toString())
                .build());
        server.enqueue(new MockResponse.Builder().body("{\"keys\":[]}").build());
        assertThatIOException().isThrownBy(fetch()::fetch).withMessage("status 302");
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void an_answer_without_end_is_cut_off() {
        server.enqueue(
                new MockResponse.Builder().body(" ".repeat(256 * 1024 + 1)).build());
        assertThatIOException()
                .isThrownBy(fetch()::fetch)
                .withStackTraceContaining("the answer is longer than 262144 bytes");
    }

    @Test
    void a_connection_that_breaks_is_a_failure() {
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.ShutdownConnection.INSTANCE)
                .build());
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.ShutdownConnection.INSTANCE)
                .build());
        assertThatIOException().isThrownBy(fetch()::fetch);
    }
}
