package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressParserTest {
    @ParameterizedTest
    @CsvSource({
        "1.2.3.4, IPV4, 16909060",
        "255.255.255.255, IPV4, 4294967295",
        "::ffff:1.2.3.4, IPV4, 16909060",
        "::FFFF:102:304, IPV4, 16909060",
        "0:0:0:0:0:ffff:1.2.3.4, IPV4, 16909060",
        "64:ff9b::1.2.3.4, IPV4, 16909060",
        "64:ff9b::102:304, IPV4, 16909060",
        "2001:db8::1, IPV6, 2306139568115548160",
        "2001:DB8:0:0:0:0:0:1, IPV6, 2306139568115548160",
        "2001:0db8::0001, IPV6, 2306139568115548160",
        "2001:db8::1%eth0, IPV6, 2306139568115548160",
        "2001:db8::1.2.3.4, IPV6, 2306139568115548160",
        "2001:db8::ffff:ffff:ffff:ffff, IPV6, 2306139568115548160",
        "2001:db8:0:1::1, IPV6, 2306139568115548161",
        "::1, IPV6, 0",
        "fe80::, IPV6, -108086391056891904",
        "1:2:3:4:5:6:7::, IPV6, 281483566841860",
        "::2:3:4:5:6:7:8, IPV6, 8590131204",
        "2002:102:304:1::1, IPV6_6TO4, 2306407067319271424"
    })
    void an_address_gives_the_key_of_its_network(String text, ClientKey.Kind kind, long network) {
        assertThat(parse(text)).isEqualTo(new ClientKey(network, kind));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "127.1",
                "2130706433",
                "0x7f000001",
                "010.1.1.1",
                "1.2.3.04",
                "1.2.*.*",
                "1-5.2.3.4",
                "1.2.3.4/16",
                " 1.2.3.4",
                "1.2.3.4 ",
                "1.2.3.4\n",
                "\t1.2.3.4",
                "1.2.3.256",
                "1.2.3",
                "1.2.3.4.5",
                "1..2.3",
                ".1.2.3.4",
                "1.2.3.4.",
                "1.2.3.4:80",
                "0.0.0.0",
                "::",
                "::0.0.0.0",
                ":",
                ":::",
                "1::2::3",
                "::ffff:0.0.0.0",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "12345::",
                "g::",
                "1:2:3:4:5:6:7:",
                ":1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::1.2.3",
                "::1.2.3.4:5",
                "[2001:db8::1]",
                "[2001:db8::1]:443",
                "2001:db8::1%",
                "2001:db8::1%a b",
                "1.2.3.4%eth0",
                "unknown",
                "_hidden",
                "localhost",
                "example.com",
                "\u0661.\u0662.\u0663.\u0664",
                "\uff11.2.3.4",
                "1.2.3.4\u0000",
                "::ffff:1.2.3.4.5",
                "1.2.3.4,5.6.7.8",
                "-1.2.3.4",
                "+1.2.3.4",
                "1.2.3.4e1"
            })
    void what_is_not_one_literal_address_is_refused(String text) {
        assertThat(parse(text)).isNull();
    }

    @Test
    void a_very_long_text_is_refused_at_once() {
        assertThat(parse("1".repeat(1_000_000))).isNull();
        assertThat(parse(":".repeat(1_000_000))).isNull();
    }

    @Test
    void a_range_of_a_text_is_read() {
        assertThat(AddressParser.parse("for=1.2.3.4;by", 4, 11)).isEqualTo(parse("1.2.3.4"));
    }

    @RepeatedTest(20)
    void random_addresses_agree_with_the_jdk_in_every_spelling() throws UnknownHostException {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = new byte[16];
            random.nextBytes(bytes);
            for (int group = 0; group < 8; group++) {
                if (random.nextInt(3) == 0) {
                    bytes[2 * group] = 0;
                    bytes[2 * group + 1] = 0;
                }
            }
            bytes[0] = 0x20;
            bytes[1] = 0x01;
            long network = ByteBuffer.wrap(bytes).getLong();
            ClientKey expected = new ClientKey(network, ClientKey.Kind.IPV6);
            String full = InetAddress.getByAddress(bytes).getHostAddress();
            for (String spelling :
                    new String[] {full, full.toUpperCase(Locale.ROOT), compressed(full), dotted(bytes)}) {
                assertThat(parse(spelling)).as("seed %s: %s", seed, spelling).isEqualTo(expected);
            }
        }
    }

    @RepeatedTest(20)
    void random_texts_are_read_as_the_jdk_reads_literals_or_refused() throws UnknownHostException {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        String alphabet = "0123456789abcdefF:.:.";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(24);
            for (int j = 0; j < length; j++) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            ClientKey key = parse(text.toString());
            // Only texts with a colon: the JDK asks DNS for others. With a colon it reads a literal or refuses.
            if (text.indexOf(":") >= 0) {
                assertThat(key != null || !usable(text.toString()))
                        .as("seed %s: %s", seed, text)
                        .isTrue();
                assertThat(key == null || usable(text.toString()))
                        .as("seed %s: %s", seed, text)
                        .isTrue();
            }
        }
    }

    /** Whether the JDK takes it as a literal of somebody's address, read as strictly as we do. */
    private static boolean usable(String text) {
        boolean leadingZeroInIpv4 = text.contains(".") && text.matches(".*(^|[:.])0\\d+(\\.|$).*");
        boolean groupTooLong = text.matches(".*[0-9a-fA-F]{5}.*");
        if (leadingZeroInIpv4 || groupTooLong) {
            return false;
        }
        try {
            return !InetAddress.getByName(text).isAnyLocalAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static String compressed(String full) {
        return full.replaceFirst("(^|:)0(:0)+(:|$)", "::");
    }

    private static String dotted(byte[] bytes) throws UnknownHostException {
        String full = InetAddress.getByAddress(bytes).getHostAddress();
        String[] groups = full.split(":");
        return String.join(":", java.util.Arrays.copyOf(groups, 6)) + ":" + (bytes[12] & 255) + "." + (bytes[13] & 255)
                + "." + (bytes[14] & 255) + "." + (bytes[15] & 255);
    }

    private static ClientKey parse(String text) {
        return AddressParser.parse(text, 0, text.length());
    }
}
