package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose call a call is, in every servlet container. */
abstract class CountedClientContract extends FilterContract {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For",
                "x-forwarded-for",
                "Forwarded",
                "forwarded",
                "X-Real-IP",
                "X-Client-IP",
                "True-Client-IP",
                "CF-Connecting-IP",
                "X-Cluster-Client-IP"
            })
    void a_forwarding_header_changes_nothing(String header) throws Exception {
        start(filter(HeaderMode.ON_LIMIT));
        for (int i = 0; i < 3; i++) {
            assertThat(get("/ok", header, "10.0.0." + i).statusCode()).isEqualTo(200);
        }
        assertThat(get("/ok", header, "10.9.9.9").statusCode()).isEqualTo(429);
    }

    @Test
    void two_spellings_of_an_address_and_two_addresses_of_a_64_share_a_bucket_but_not_their_neighbour()
            throws Exception {
        start(new From(), filter(HeaderMode.ON_LIMIT));
        assertThat(from("2001:db8::1")).isEqualTo(200);
        assertThat(from("2001:0DB8:0:0::0001")).isEqualTo(200);
        assertThat(from("2001:db8::ffff:1")).isEqualTo(200);
        assertThat(from("2001:db8::2%eth0")).isEqualTo(429);
        assertThat(from("2001:db8:0:1::1")).isEqualTo(200);
    }

    @Test
    void requests_without_a_usable_address_share_one_bucket_and_do_not_fail() throws Exception {
        start(new From(), filter(HeaderMode.ON_LIMIT));
        assertThat(from("")).isEqualTo(200);
        assertThat(from("null")).isEqualTo(200);
        assertThat(from("unix:")).isEqualTo(200);
        assertThat(from("not-an-address")).isEqualTo(429);
    }

    @Test
    void exempt_addresses_are_not_counted() throws Exception {
        start(options().exempt(CidrSet.parse("127.0.0.0/8, ::1")).build());
        for (int i = 0; i < 9; i++) {
            assertThat(get("/ok").statusCode()).isEqualTo(200);
        }
        assertThat(outcomes).isEmpty();
    }

    @Test
    void the_configured_header_of_a_trusted_proxy_names_the_client_and_the_other_one_is_told_of() throws Exception {
        start(options()
                .clientAddress(ClientAddressResolver.forwarded(
                        ClientAddressResolver.Header.X_FORWARDED_FOR, CidrSet.parse("127.0.0.0/8")))
                .build());
        for (int i = 0; i < 9; i++) {
            assertThat(get("/ok", "X-Forwarded-For", "9.9.9." + i).statusCode()).isEqualTo(200);
        }
        assertThat(outcomes).doesNotContain("ignored header");
        get("/ok", "Forwarded", "for=1.2.3.4");
        assertThat(outcomes).contains("ignored header");
    }

    /** Pretends that the connection came from the address in a header of the test's own. */
    private static final class From implements Filter {
        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            String from = ((HttpServletRequest) request).getHeader("Test-From");
            chain.doFilter(
                    new HttpServletRequestWrapper((HttpServletRequest) request) {
                        @Override
                        public String getRemoteAddr() {
                            return "null".equals(from) ? null : from;
                        }
                    },
                    response);
        }
    }

    private int from(String address) throws Exception {
        return get("/ok", "Test-From", address).statusCode();
    }
}
