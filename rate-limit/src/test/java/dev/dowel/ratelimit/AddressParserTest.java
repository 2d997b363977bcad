package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import inet.ipaddr.AddressStringParameters;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
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
    void an_address_gives_the_key_of_its_network(String text, String kind, long network) {
        assertThat(parse(text)).isNotNull();
        assertThat(parse(text).network() & (kind.equals("IPV4") ? 0xffff_ffffL : -1))
                .isEqualTo(network);
        assertThat(parse(text).isIpv4()).isEqualTo(kind.equals("IPV4"));
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
        assertThat(ClientAddress.parse("for=1.2.3.4;by", 4, 11)).isEqualTo(parse("1.2.3.4"));
    }

    @Tag("fuzz")
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
            ClientAddress expected = new ClientAddress(network, 1);
            String full = InetAddress.getByAddress(bytes).getHostAddress();
            for (String spelling :
                    new String[] {full, full.toUpperCase(Locale.ROOT), compressed(full), dotted(bytes)}) {
                assertThat(parse(spelling)).as("seed %s: %s", seed, spelling).isEqualTo(expected);
            }
        }
    }

    @Tag("fuzz")
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
            ClientAddress key = parse(text.toString());
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

    @Tag("fuzz")
    @RepeatedTest(20)
    void random_texts_are_read_as_guava_and_ipaddress_read_them_in_strict_form_or_refused() {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            String text = mutated(random);
            byte[] ours = bytes(parse(text));
            assertThat(ours).as("seed %s: Guava on %s", seed, text).isEqualTo(bytes(byGuava(text)));
            assertThat(ours).as("seed %s: ipaddress on %s", seed, text).isEqualTo(bytes(byIpAddress(text)));
        }
    }

    /** A literal, most often with a few characters changed, lost or added. */
    private static String mutated(Random random) {
        String[] seeds = {
            "1.2.3.4",
            "255.255.255.255",
            "10.0.0.1",
            "::1",
            "2001:db8::1",
            "1:2:3:4:5:6:7:8",
            "::ffff:1.2.3.4",
            "64:ff9b::102:304",
            "2002:102:304::1",
            "fe80::1:2",
            "1::8",
            "::1.2.3.4",
            "1:2:3:4:5:6:1.2.3.4"
        };
        String alphabet = "0123456789abcdefABCDEF:.:.::..%/*-[] \n\u0661";
        StringBuilder text = new StringBuilder(seeds[random.nextInt(seeds.length)]);
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(text.length() + 1);
            char c = alphabet.charAt(random.nextInt(alphabet.length()));
            switch (random.nextInt(3)) {
                case 0 -> text.insert(at, c);
                case 1 -> text.replace(Math.max(0, at - 1), at, "");
                default -> text.replace(Math.max(0, at - 1), at, String.valueOf(c));
            }
        }
        return text.toString();
    }

    private static InetAddress byGuava(String text) {
        // Guava reads digits of other scripts, and keeps zones of networks that this machine does not have.
        boolean plain = text.chars().allMatch(c -> c < 128) && text.indexOf('%') < 0;
        return plain && InetAddresses.isInetAddress(text) ? InetAddresses.forString(text) : withoutZone(text);
    }

    /** Zones are our own rule; what stands before one must be an IPv6 address to Guava. */
    private static InetAddress withoutZone(String text) {
        int percent = text.indexOf('%');
        boolean zoned = percent > 0
                && text.substring(percent + 1).matches("[A-Za-z0-9._-]+")
                && text.lastIndexOf(':', percent) >= 0;
        return zoned ? byGuava(text.substring(0, percent)) : null;
    }

    private static final IPAddressStringParameters STRICT = strict();

    private static IPAddressStringParameters strict() {
        IPAddressStringParameters.Builder strict = new IPAddressStringParameters.Builder()
                .allowEmpty(false)
                .allowAll(false)
                .allowSingleSegment(false)
                .allowPrefix(false)
                .allowMask(false)
                .allowWildcardedSeparator(false)
                .setRangeOptions(AddressStringParameters.RangeParameters.NO_RANGE);
        strict.getIPv4AddressParametersBuilder().allow_inet_aton(false).allowLeadingZeros(false);
        strict.getIPv6AddressParametersBuilder()
                .allowBase85(false)
                .allowZone(false)
                .allowMixed(true)
                .getEmbeddedIPv4AddressParametersBuilder()
                .allow_inet_aton(false)
                .allowLeadingZeros(false);
        return strict.toParams();
    }

    private static InetAddress byIpAddress(String text) {
        int percent = text.indexOf('%');
        if (percent > 0) {
            return withoutZone(text) == null ? null : byIpAddress(text.substring(0, percent));
        }
        // It passes over white space and brackets around an address, and over zeros that make a group too long.
        if (!text.matches("[0-9a-fA-F:.]*") || text.matches(".*[0-9a-fA-F]{5}.*")) {
            return null;
        }
        IPAddress address = new IPAddressString(text, STRICT).getAddress();
        return address == null ? null : address.toInetAddress();
    }

    private static byte[] bytes(ClientAddress address) {
        return address == null
                ? null
                : full(ByteBuffer.allocate(16)
                        .putLong(address.high())
                        .putLong(address.low())
                        .array());
    }

    private static byte[] bytes(InetAddress address) {
        if (address == null || address.isAnyLocalAddress()) {
            return null;
        }
        byte[] bytes = address.getAddress();
        if (bytes.length == 16) {
            return full(bytes);
        }
        byte[] mapped = new byte[16];
        mapped[10] = -1;
        mapped[11] = -1;
        System.arraycopy(bytes, 0, mapped, 12, 4);
        return full(mapped);
    }

    /** As we fold it: NAT64's addresses are the IPv4 address; nobody calls from 0.0.0.0. */
    private static byte[] full(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (buffer.getLong(0) == 0x0064_ff9b_0000_0000L && buffer.getInt(8) == 0) {
            buffer.putLong(0, 0).putInt(8, 0xffff);
        }
        boolean nobody = buffer.getLong(0) == 0 && buffer.getLong(8) == 0xffff_0000_0000L;
        return nobody ? null : bytes;
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

    private static ClientAddress parse(String text) {
        return ClientAddress.parse(text, 0, text.length());
    }
}
