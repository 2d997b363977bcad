package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dowel.ratelimit.ClientAddressResolver.Header;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardedAddressTest {
    private static final String PROXY = "10.0.0.1";
    private static final CidrSet PROXIES = CidrSet.parse("10.0.0.0/8, 2001:db8:ffff::/48");
    private static final ClientAddressResolver XFF = ClientAddressResolver.forwarded(Header.X_FORWARDED_FOR, PROXIES);
    private static final ClientAddressResolver FORWARDED = ClientAddressResolver.forwarded(Header.FORWARDED, PROXIES);

    @ParameterizedTest
    @EnumSource(Header.class)
    void a_peer_that_is_not_trusted_says_nothing(Header header) {
        ClientAddressResolver resolver = ClientAddressResolver.forwarded(header, PROXIES);
        assertThat(resolver.resolve(request("9.9.9.9", "for=1.2.3.4"))).isEqualTo(address("9.9.9.9"));
        assertThat(resolver.resolve(request("9.9.9.9", "1.2.3.4"))).isEqualTo(address("9.9.9.9"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1.2.3.4|1.2.3.4",
                "6.6.6.6, 1.2.3.4|1.2.3.4",
                "6.6.6.6, 1.2.3.4, 10.0.0.2|1.2.3.4",
                "6.6.6.6,1.2.3.4,10.0.0.2,10.0.0.3|1.2.3.4",
                "6.6.6.6, 1.2.3.4 , 10.0.0.2|1.2.3.4",
                "1.2.3.4:5678|1.2.3.4",
                "1.2.3.4:10900|1.2.3.4",
                "1.2.3.4:5|1.2.3.4",
                "[2001:db8::1]:443|2001:db8::1",
                "[2001:db8::1]|2001:db8::1",
                "2001:db8::1|2001:db8::1",
                "::ffff:1.2.3.4|1.2.3.4",
                "10.9.9.9, 10.0.0.2|10.9.9.9",
                "unknown|10.0.0.1",
                "6.6.6.6, unknown|10.0.0.1",
                "6.6.6.6, _hidden, 10.0.0.7|10.0.0.7",
                "6.6.6.6, , 10.0.0.7|10.0.0.7",
                "6.6.6.6,|10.0.0.1",
                ",|10.0.0.1",
                "1.2.3.4:99999999|10.0.0.1",
                "1.2.3.4:100000|10.0.0.1",
                "1.2.3.4:8x|10.0.0.1",
                "1.2.3.4:|10.0.0.1",
                "[1.2.3.4]:80|10.0.0.1",
                "[2001:db8::1|10.0.0.1",
                "[2001:db8::1]x|10.0.0.1",
                "1.2.3.4 5.6.7.8|10.0.0.1",
                "010.1.1.1|10.0.0.1",
                "0.0.0.0|10.0.0.1"
            })
    void the_rightmost_address_that_is_not_trusted_is_the_client(String field, String client) {
        assertThat(XFF.resolve(request(PROXY, field))).isEqualTo(address(client));
    }

    @Test
    void several_fields_are_one_list_in_their_order() {
        assertThat(XFF.resolve(request(PROXY, "6.6.6.6", "1.2.3.4, 10.0.0.2", "10.0.0.3")))
                .isEqualTo(address("1.2.3.4"));
        assertThat(FORWARDED.resolve(request(PROXY, "for=6.6.6.6", "for=1.2.3.4, for=10.0.0.2")))
                .isEqualTo(address("1.2.3.4"));
    }

    @Test
    void of_ten_thousand_elements_the_last_32_are_looked_at() {
        String trusted = "10.0.0.5, ".repeat(31) + "10.0.0.6";
        assertThat(XFF.resolve(request(PROXY, "6.6.6.6, ".repeat(9_968) + trusted)))
                .isEqualTo(address("10.0.0.5"));
        assertThat(XFF.resolve(request(PROXY, "6.6.6.6, ".repeat(9_999) + "1.2.3.4")))
                .isEqualTo(address("1.2.3.4"));
        String elements = "for=6.6.6.6, ".repeat(9_968) + "for=10.0.0.5, ".repeat(31) + "for=10.0.0.6";
        assertThat(FORWARDED.resolve(request(PROXY, elements))).isEqualTo(address("10.0.0.5"));
    }

    @Test
    void sixty_four_kilobytes_of_anything_are_read_in_no_time() {
        for (String part : List.of("x", ",", "[", "\"", "\\", "for=\"", ";", "=", ":", " ")) {
            String field = part.repeat(65_536 / part.length());
            assertThat(XFF.resolve(request(PROXY, field))).isEqualTo(address(PROXY));
            assertThat(FORWARDED.resolve(request(PROXY, field))).isEqualTo(address(PROXY));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "for=1.2.3.4|1.2.3.4",
                "For=1.2.3.4;proto=https;by=10.0.0.2|1.2.3.4",
                "proto=https; for=\"1.2.3.4:80\"; by=x|1.2.3.4",
                "for=6.6.6.6, for=\"[2001:db8::1]:443\"|2001:db8::1",
                "for=\"[2001:db8::1]\", for=10.0.0.2|2001:db8::1",
                "for=6.6.6.6;x=\"a,for=9.9.9.9;b\", for=1.2.3.4|1.2.3.4",
                "for=6.6.6.6;x=\"a\\\",for=9.9.9.9\", for=1.2.3.4|1.2.3.4",
                "for=\"1.2.3\\.4\"|1.2.3.4",
                "for=unknown|10.0.0.1",
                "for=6.6.6.6, for=_hidden, for=10.0.0.7|10.0.0.7",
                "for=6.6.6.6, proto=https|10.0.0.1",
                "for=1.2.3.4;|1.2.3.4",
                "for=1.2.3.4 ; proto=https , for=10.0.0.2|1.2.3.4",
                "for=1.2.3.4, =x|10.0.0.1",
                "for=1.2.3.4, for|10.0.0.1",
                "for=1.2.3.4, for=\"10.0.0.2|10.0.0.1",
                "for=1.2.3.4, for=\"10.0.0.2\\|10.0.0.1",
                "for=1.2.3.4, for=10.0.0.2;for=10.0.0.3|10.0.0.1",
                "for=1.2.3.4, for=10.0.0.2 x|10.0.0.1",
                "for=\", for=1.2.3.4|10.0.0.1",
                "for=6.6.6.6;x=\", for=\"[2001:db8::1]\"|10.0.0.1",
                "for=6.6.6.6;for=7.7.7.7|10.0.0.1",
                "1.2.3.4|10.0.0.1",
                "for|10.0.0.1",
                "=1.2.3.4|10.0.0.1"
            })
    void forwarded_is_read_with_its_quotes(String field, String client) {
        assertThat(FORWARDED.resolve(request(PROXY, field))).isEqualTo(address(client));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1|6.6.6.6, 1.2.3.4|1.2.3.4",
                "2|6.6.6.6, 1.2.3.4, 9.9.9.9|1.2.3.4",
                "2|1.2.3.4|1.2.3.4",
                "3|6.6.6.6, 1.2.3.4, 9.9.9.9, 8.8.8.8|1.2.3.4",
                "2|1.2.3.4, unknown|10.0.0.1",
                "2|unknown, 9.9.9.9|9.9.9.9"
            })
    void a_number_of_trusted_proxies_is_counted_from_the_right(int hops, String field, String client) {
        ClientAddressResolver resolver = ClientAddressResolver.trustedHops(Header.X_FORWARDED_FOR, hops, PROXIES);
        assertThat(resolver.resolve(request(PROXY, field))).isEqualTo(address(client));
        assertThat(resolver.resolve(request("9.9.9.9", field))).isEqualTo(address("9.9.9.9"));
    }

    @Test
    void trusting_nobody_or_everybody_is_refused() {
        for (String list : List.of("", "0.0.0.0/0", "::/0", "10.0.0.0/8, ::ffff:0.0.0.0/96")) {
            assertThatThrownBy(() -> ClientAddressResolver.forwarded(Header.FORWARDED, CidrSet.parse(list)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("trusted");
        }
        assertThatThrownBy(() -> ClientAddressResolver.trustedHops(Header.FORWARDED, 0, PROXIES))
                .hasMessageContaining("hops");
    }

    @Test
    void host_names_are_never_resolved() {
        // A name server that is asked would be asked for these, and the test would take its time-out.
        for (String name : List.of("localhost", "example.invalid", "1.2.3", "a.b")) {
            assertThat(XFF.resolve(request(PROXY, name))).isEqualTo(address(PROXY));
            assertThat(XFF.resolve(request(name, "1.2.3.4"))).isSameAs(ClientAddress.UNKNOWN);
            assertThatThrownBy(() -> CidrSet.parse(name)).hasMessageContaining("Not an address");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.0/8|10.255.0.1|11.0.0.1",
                "192.0.2.7|192.0.2.7|192.0.2.8",
                "2001:db8::/33|2001:db8:7fff::1|2001:db8:8000::1",
                "2001:db8::5/128|2001:db8::5|2001:db8::6",
                "2001:db8:0:0:8000::/65|2001:db8::8000:0:0:1|2001:db8::1",
                "::ffff:10.0.0.0/104|10.1.1.1|11.1.1.1",
                "1.2.3.4 5.6.7.8,2001:db8::/32|5.6.7.8|5.6.7.9"
            })
    void a_block_has_its_addresses_and_not_their_neighbours(String list, String in, String out) {
        assertThat(CidrSet.parse(list).contains(address(in))).isTrue();
        assertThat(CidrSet.parse(list).contains(address(out))).isFalse();
        assertThat(CidrSet.parse(list).contains(ClientAddress.UNKNOWN)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1/8",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "10.0.0.0/08",
                "/8",
                "::/129",
                "a",
                "1.2.3.4,,5.6.7.8x",
                "fe80::1%eth0"
            })
    void what_is_no_block_is_refused(String list) {
        assertThatThrownBy(() -> CidrSet.parse(list)).isInstanceOf(IllegalArgumentException.class);
    }

    private static ClientAddress address(String text) {
        return ClientAddress.parse(text).orElseThrow();
    }

    /** A request with the fields under whatever name is asked for. */
    private static HttpServletRequest request(String peer, String... fields) {
        return (HttpServletRequest) Proxy.newProxyInstance(
                ForwardedAddressTest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "getRemoteAddr" -> peer;
                    case "getHeaders" -> Collections.enumeration(List.of(fields));
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }
}
