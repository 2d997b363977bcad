package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class HeaderPolicyTest {

    private static final HeaderPolicy TENANT = HeaderPolicy.tracing().allow("X-Tenant");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection",
                "Keep-Alive",
                "Proxy-Connection",
                "TE",
                "Trailer",
                "Transfer-Encoding",
                "Upgrade",
                "Proxy-Authenticate",
                "Proxy-Authorization",
                "Host",
                "Content-Length",
                "Content-Type",
                "Content-Encoding",
                "Expect",
                "Accept-Encoding",
                "Range",
                "If-None-Match",
                "If-Match",
                "If-Range",
                "If-Modified-Since",
                "If-Unmodified-Since",
                "Cache-Control",
                "Forwarded",
                "X-Forwarded-For",
                "X-Forwarded-Host",
                "X-Forwarded-Proto",
                "X_Forwarded_For",
                "X-Real-IP",
                "Via",
                "X-HTTP-Method-Override",
                "X-HTTP-Method",
                "X-Method-Override",
                ":authority",
                "Idempotency-Key",
                "Authorization",
                "Cookie",
                "Cookie2",
                "Set-Cookie",
                "Accept",
                "HTTP2-Settings",
                "X-Original-URL",
                "X-Rewrite-URL",
                "X-Forwarded-Prefix"
            })
    void some_headers_cannot_be_allowed(String name) {
        for (String spelling : List.of(name, name.toLowerCase(Locale.ROOT), name.toUpperCase(Locale.ROOT))) {
            assertThatThrownBy(() -> HeaderPolicy.none().allow(spelling)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "X Tenant", "X-Tenant:", "X-Tenant\n", "É"})
    void a_name_must_be_a_token(String name) {
        assertThatThrownBy(() -> HeaderPolicy.none().allow(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void only_what_is_allowed_is_kept() {
        RequestContext context = RequestContext.of(
                Map.of(
                        "TraceParent",
                        List.of("00-a"),
                        "x-tenant",
                        List.of("t"),
                        "X-Api-Key",
                        List.of("k"),
                        "baggage",
                        List.of("b")),
                TENANT);

        assertThat(context.headers()).hasSize(2).containsEntry("X-Tenant", List.of("t"));
        assertThat(context.headers().get("traceparent")).containsExactly("00-a");
        assertThat(RequestContext.of(Map.of("X-Tenant", List.of("t")), HeaderPolicy.tracing())
                        .headers())
                .isEmpty();
    }

    @Test
    void what_the_connection_header_names_is_not_kept() {
        RequestContext context = RequestContext.of(
                Map.of(
                        "Connection",
                        List.of("close, x-tenant ,authorization"),
                        "X-Tenant",
                        List.of("t"),
                        "Authorization",
                        List.of("Bearer t")),
                TENANT);

        assertThat(context.headers()).isEmpty();
        assertThat(context.authorization()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nX-Evil: 1", "a\nb", "a\0b", "é", "a\u007f"})
    void a_value_that_cannot_be_sent_is_dropped_and_counted(String value) {
        RequestContext context =
                RequestContext.of(Map.of("X-Tenant", List.of(value), "Authorization", List.of(value)), TENANT);

        assertThat(context.headers()).isEmpty();
        assertThat(context.authorization()).isEmpty();
        assertThat(context.droppedHeaders()).isEqualTo(2);
    }

    @Test
    void a_value_that_is_dropped_stands_in_no_log_and_no_text() {
        ListAppender<ILoggingEvent> logs = new ListAppender<>();
        Logger ours = (Logger) LoggerFactory.getLogger("dev.dowel");
        Level before = ours.getLevel();
        ours.setLevel(Level.TRACE);
        logs.start();
        ours.addAppender(logs);
        try {
            RequestContext context = RequestContext.of(
                    Map.of(
                            "X-Tenant", List.of("canary\n", "canary" + "x".repeat(8192)),
                            "Cookie", List.of("sessionid=canary\u00e9"),
                            "Authorization", List.of("Bearer canary\0")),
                    TENANT.cookies("sessionid"));

            assertThat(context.droppedHeaders()).isEqualTo(4);
            assertThat(context.toString()).doesNotContain("canary");
            assertThat(logs.list.toString()).doesNotContain("canary");
        } finally {
            ours.detachAppender(logs);
            ours.setLevel(before);
        }
    }

    @Test
    void a_value_of_more_than_8_kib_is_dropped() {
        assertThat(RequestContext.of(Map.of("X-Tenant", List.of("x".repeat(8193))), TENANT)
                        .headers())
                .isEmpty();
        assertThat(RequestContext.of(Map.of("X-Tenant", List.of("x".repeat(8192))), TENANT)
                        .headers())
                .hasSize(1);
    }

    @Test
    void two_authorization_headers_are_none() {
        RequestContext context = RequestContext.of(Map.of("Authorization", List.of("Bearer a", "Bearer b")), TENANT);

        assertThat(context.authorization()).isEmpty();
    }

    @Test
    void a_value_with_other_characters_is_encoded_where_the_receiver_expects_that() {
        HeaderPolicy policy = HeaderPolicy.none().allow("X-Name", "X-Plain").encodingNonAscii();
        // As a container hands over the bytes of "50 % of Zoë".
        String bytes = new String(
                "50 % of Zo\u00eb".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                java.nio.charset.StandardCharsets.ISO_8859_1);
        RequestContext context = RequestContext.of(
                java.util.Map.of(
                        "X-Name",
                        java.util.List.of(bytes, "\u20ac", "a\u00e9\r\nX: 1"),
                        "X-Plain",
                        java.util.List.of("50 %")),
                policy);

        assertThat(context.headers().get("X-Name")).containsExactly("50 %25 of Zo%C3%AB", "%E2%82%AC");
        assertThat(context.headers().get("X-Plain")).containsExactly("50 %");
        assertThat(context.droppedHeaders()).isEqualTo(1);
    }

    @Test
    void cookies_are_not_kept_where_the_connection_header_names_them() {
        HeaderPolicy policy = HeaderPolicy.none().cookies("sessionid");
        List<String> cookie = List.of("sessionid=s");

        assertThat(RequestContext.of(Map.of("Cookie", cookie), policy)
                        .snapshot()
                        .cookies())
                .hasSize(1);
        assertThat(RequestContext.of(Map.of("Cookie", cookie, "Connection", List.of("cookie")), policy)
                        .snapshot()
                        .cookies())
                .isEmpty();
    }
}
