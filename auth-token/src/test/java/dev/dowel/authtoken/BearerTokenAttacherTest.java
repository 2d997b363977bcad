package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BearerTokenAttacherTest {

    private final AtomicReference<String> current = new AtomicReference<>("first");
    private final BearerTokenAttacher attacher = BearerTokenAttacher.forOrigins(
            current::get, URI.create("https://users.example.com"), URI.create("https://likes.example.com:8443/"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://users.example.com/x?y#z",
                "https://users.example.com:443/",
                "HTTPS://USERS.example.com/x",
                "https://likes.example.com:8443/x"
            })
    void a_listed_origin_gets_the_token_of_the_moment(String uri) {
        assertThat(authorization(uri)).isEqualTo("Bearer first");
        current.set("second");
        assertThat(authorization(uri)).isEqualTo("Bearer second");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://users.example.com/",
                "https://users.example.com:8443/",
                "https://likes.example.com/",
                "https://evil.example.com/",
                "https://users.example.com.evil.com/",
                "https://evil.com/users.example.com",
                "https://evil.com/?https://users.example.com",
                "https://sub.users.example.com/"
            })
    void every_other_address_gets_the_very_same_request_back(String uri) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(uri)).build();
        assertThat(attacher.attach(request)).isSameAs(request);
    }

    @Test
    void an_explicit_authorization_wins() {
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://users.example.com/"))
                .header("authorization", "Basic x")
                .build();
        assertThat(attacher.attach(request)).isSameAs(request);
    }

    @Test
    void everything_else_of_the_request_stays() {
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://users.example.com/x"))
                .header("X-Trace", "1")
                .timeout(Duration.ofSeconds(3))
                .PUT(HttpRequest.BodyPublishers.ofString("body"))
                .build();
        HttpRequest attached = attacher.attach(request);
        assertThat(attached.uri()).isEqualTo(request.uri());
        assertThat(attached.method()).isEqualTo("PUT");
        assertThat(attached.timeout()).isEqualTo(request.timeout());
        assertThat(attached.bodyPublisher()).isEqualTo(request.bodyPublisher());
        assertThat(attached.headers().map()).containsKeys("X-Trace", "Authorization");
    }

    @Test
    void what_is_no_token_is_not_sent_and_not_shown() {
        current.set("canary\r\nX: y");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> authorization("https://users.example.com/"))
                .withMessageNotContaining("canary");
        assertThat(attacher.toString()).doesNotContain("canary").contains("https://users.example.com:443");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://users.example.com",
                "https://users.example.com/path",
                "https://users.example.com?x",
                "https://users.example.com#x",
                "https://user@users.example.com",
                "https:///x",
                "users.example.com",
                "mailto:x@y"
            })
    void an_origin_of_another_form_is_refused(String origin) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BearerTokenAttacher.forOrigins(current::get, URI.create(origin)))
                .withMessageStartingWith("origins must be");
    }

    @Test
    void at_least_one_origin_is_needed() {
        assertThatIllegalArgumentException().isThrownBy(() -> BearerTokenAttacher.forOrigins(current::get));
    }

    private String authorization(String uri) {
        return attacher.attach(HttpRequest.newBuilder(URI.create(uri)).build())
                .headers()
                .firstValue("Authorization")
                .orElse("none");
    }
}
