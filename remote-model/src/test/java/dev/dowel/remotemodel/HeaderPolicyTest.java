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
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    private static HeaderPolicy.Snapshot snapshot(HeaderPolicy policy, Map<String, List<String>> headers) {
        return RequestContext.of(headers, policy).snapshot();
    }

    /** The first and the last character that can be sent, their neighbours, and the tab, the one exception. */
    @ParameterizedTest
    @CsvSource({"0x08,0", "0x09,1", "0x0a,0", "0x1f,0", "0x20,1", "0x21,1", "0x7d,1", "0x7e,1", "0x7f,0", "0x80,0"})
    void a_value_holds_printable_ascii_blanks_and_tabs(int character, int kept) {
        List<String> value = List.of("a" + (char) character + "b");
        HeaderPolicy.Snapshot snapshot = snapshot(
                TENANT.cookies("sid"),
                Map.of(
                        "X-Tenant", value,
                        "Authorization", value,
                        "Cookie", List.of("sid=" + value.get(0))));

        assertThat(snapshot.headers()).hasSize(kept);
        assertThat(snapshot.authorization()).isEqualTo(kept == 1 ? value.get(0) : "");
        assertThat(snapshot.cookies()).hasSize(kept);
        assertThat(snapshot.dropped()).isEqualTo(3 - 3 * kept);
    }

    @ParameterizedTest
    @CsvSource({"8191,1", "8192,1", "8193,0"})
    void no_value_is_longer_than_8_kib(int length, int kept) {
        String value = "x".repeat(length);
        HeaderPolicy.Snapshot snapshot = snapshot(
                TENANT.cookies("sid"),
                Map.of(
                        "X-Tenant", List.of(value),
                        "Authorization", List.of(value),
                        "Cookie", List.of("sid=" + value)));

        assertThat(snapshot.headers()).hasSize(kept);
        assertThat(snapshot.authorization()).hasSize(kept * length);
        assertThat(snapshot.cookies()).hasSize(kept);
        assertThat(snapshot.dropped()).isEqualTo(3 - 3 * kept);
    }

    @Test
    void of_several_values_those_that_can_be_sent_are_kept_and_the_others_counted() {
        HeaderPolicy.Snapshot snapshot =
                snapshot(TENANT, Map.of("X-Tenant", List.of("a", "b\n", "c", "\0"), "traceparent", List.of("00")));

        assertThat(snapshot.headers().get("x-tenant")).containsExactly("a", "c");
        assertThat(snapshot.headers()).hasSize(2);
        assertThat(snapshot.dropped()).isEqualTo(2);
    }

    @Test
    void two_authorization_headers_count_as_one_that_was_dropped_and_none_as_nothing() {
        assertThat(snapshot(TENANT, Map.of("Authorization", List.of("Bearer a", "Bearer b")))
                        .dropped())
                .isEqualTo(1);
        assertThat(snapshot(TENANT, Map.of("Authorization", List.of("Bearer a"))))
                .satisfies(one -> assertThat(one.authorization()).isEqualTo("Bearer a"))
                .satisfies(one -> assertThat(one.dropped()).isZero());
        assertThat(snapshot(TENANT, Map.of()).dropped()).isZero();
    }

    @Test
    void cookies_are_kept_by_their_exact_names_and_sent_on_in_one_header() {
        HeaderPolicy policy = HeaderPolicy.none().cookies("sid").cookies("lang");
        HeaderPolicy.Snapshot snapshot = snapshot(
                policy,
                Map.of("Cookie", List.of("a=1; sid = x=y ;SID=2; sid", "lang=en;sid=;sid2=3; =4", "sid=bad\u00e9")));

        assertThat(snapshot.cookies())
                .containsExactly(
                        new HeaderPolicy.Cookie("sid", "x=y"),
                        new HeaderPolicy.Cookie("lang", "en"),
                        new HeaderPolicy.Cookie("sid", ""));
        assertThat(snapshot.dropped()).isEqualTo(1);
        assertThat(policy.cookies(snapshot.cookies())).isEqualTo("sid=x=y; lang=en; sid=");
        assertThat(HeaderPolicy.none().cookies("lang").cookies(snapshot.cookies()))
                .isEqualTo("lang=en");
        assertThat(HeaderPolicy.none().cookies(snapshot.cookies())).isEmpty();
        assertThat(policy.cookies(List.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a=b", "a;b", "a\n", "\u00e9"})
    void a_cookie_name_must_be_a_token(String name) {
        assertThatThrownBy(() -> HeaderPolicy.none().cookies("good", name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("RFC 6265");
    }

    @Test
    void a_policy_without_cookies_looks_at_none_and_drops_none() {
        HeaderPolicy.Snapshot snapshot = snapshot(TENANT, Map.of("Cookie", List.of("sid=bad\u00e9")));

        assertThat(snapshot.cookies()).isEmpty();
        assertThat(snapshot.dropped()).isZero();
    }

    @Test
    void headers_are_selected_for_a_service_that_gets_fewer_of_them() {
        SortedMap<String, List<String>> kept = snapshot(
                        TENANT, Map.of("X-Tenant", List.of("t"), "traceparent", List.of("00")))
                .headers();

        assertThat(TENANT.select(kept)).isSameAs(kept);
        assertThat(HeaderPolicy.tracing().select(kept)).containsOnlyKeys("traceparent");
        assertThat(HeaderPolicy.none().allow("x-tenant", "X-Other").select(kept))
                .containsOnlyKeys("X-Tenant")
                .containsValue(List.of("t"));
        assertThat(HeaderPolicy.none().select(kept)).isEmpty();
        assertThat(kept).hasSize(2);
    }

    @Test
    void names_are_allowed_without_case_and_listed_in_the_text() {
        assertThat(TENANT.allows("x-TENANT")).isTrue();
        assertThat(TENANT.allows("X-Tenants")).isFalse();
        assertThat(HeaderPolicy.none().allows("traceparent")).isFalse();
        assertThat(HeaderPolicy.tracing().allows("Accept-Language")).isTrue();
        assertThat(HeaderPolicy.none().allow("b", "A").cookies("sid")).hasToString("HeaderPolicy[A, b]");
        assertThat(HeaderPolicy.none()).hasToString("HeaderPolicy[]");
    }

    @Test
    void only_tracing_headers_leave_the_answer_as_it_is() {
        assertThat(List.of("traceparent", "TraceState", "X-Request-ID", "x-correlation-id"))
                .noneMatch(HeaderPolicy::mayChangeTheAnswer);
        assertThat(List.of("Accept-Language", "X-Tenant", "baggage")).allMatch(HeaderPolicy::mayChangeTheAnswer);
    }

    /** The last character that needs no encoding, the one after it, and the last that stands for a byte. */
    @ParameterizedTest
    @CsvSource({"0x7e,%~", "0x7f,%25%7F", "0x80,%25%80", "0xff,%25%FF", "0x100,%25%C4%80"})
    void encoding_begins_behind_the_last_printable_character(int character, String expected) {
        HeaderPolicy policy = HeaderPolicy.none().allow("X-Name").encodingNonAscii();
        HeaderPolicy.Snapshot snapshot = snapshot(policy, Map.of("X-Name", List.of("%" + (char) character)));

        assertThat(snapshot.headers().get("X-Name")).containsExactly(expected);
        assertThat(snapshot.dropped()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"8189,1", "8190,0", "8192,0", "8193,0"})
    void a_value_that_gets_too_long_by_encoding_is_dropped(int letters, int kept) {
        HeaderPolicy policy = HeaderPolicy.none().allow("X-Name").encodingNonAscii();

        assertThat(snapshot(policy, Map.of("X-Name", List.of("x".repeat(letters) + "\u00e9")))
                        .headers())
                .hasSize(kept);
    }

    @Test
    void all_steps_to_a_policy_keep_what_was_said_before() {
        HeaderPolicy policy = HeaderPolicy.none()
                .encodingNonAscii()
                .cookies("sid")
                .allow("X-Name")
                .encodingNonAscii();
        HeaderPolicy.Snapshot snapshot =
                snapshot(policy, Map.of("X-Name", List.of("\u00e9"), "Cookie", List.of("sid=1")));

        assertThat(snapshot.headers().get("X-Name")).containsExactly("%E9");
        assertThat(snapshot.cookies()).containsExactly(new HeaderPolicy.Cookie("sid", "1"));
    }

    @Test
    void the_text_of_a_cookie_or_a_snapshot_has_names_only() {
        HeaderPolicy.Snapshot snapshot = snapshot(
                TENANT.cookies("sid"),
                Map.of(
                        "X-Tenant", List.of("canary"),
                        "Authorization", List.of("canary"),
                        "Cookie", List.of("sid=canary")));

        assertThat(snapshot).hasToString("Snapshot[X-Tenant]");
        assertThat(snapshot.cookies().get(0)).hasToString("Cookie[sid]");
    }
}
