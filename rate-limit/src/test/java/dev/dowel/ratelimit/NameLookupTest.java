package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.ratelimit.ClientAddressResolver.Header;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a process of its own, whose names come from a file and stay for ever once they were looked up. */
class NameLookupTest {

    @Test
    void names_that_can_be_resolved_are_not_looked_up(@TempDir Path folder) throws Exception {
        Path hosts = folder.resolve("hosts");
        Path report = folder.resolve("report");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djdk.net.hosts.file=" + hosts,
                        "-Dsun.net.inetaddr.ttl=-1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        hosts.toString(),
                        report.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        assertThat(child.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(child.exitValue())
                .as(Files.readString(folder.resolve("output")))
                .isZero();
        assertThat(Files.readAllLines(report))
                .containsExactly(
                        "header 4-0a000001",
                        "forwarded 4-0a000001",
                        "peer unknown",
                        "trusted peer unknown",
                        "block refused",
                        // Looked up by the test itself, before and after its address changed: the first one stayed.
                        "known.example 203.0.113.1",
                        // Looked up by nobody before its address changed.
                        "client.example 203.0.113.2");
    }

    /** Shows every reader the name. */
    static final class Child {
        private static final CidrSet PROXIES = CidrSet.parse("10.0.0.0/8");
        private static final String NAME = "client.example";

        private Child() {}

        public static void main(String[] arguments) throws Exception {
            Path hosts = Path.of(arguments[0]);
            Files.writeString(hosts, "203.0.113.1 client.example\n203.0.113.1 known.example\n");
            lookUp("known.example");
            String header = resolve(ClientAddressResolver.forwarded(Header.X_FORWARDED_FOR, PROXIES), "10.0.0.1", NAME);
            String forwarded =
                    resolve(ClientAddressResolver.forwarded(Header.FORWARDED, PROXIES), "10.0.0.1", "for=" + NAME);
            String peer = resolve(ClientAddressResolver.peer(), NAME, NAME);
            String trusted = resolve(ClientAddressResolver.trustedHops(Header.X_FORWARDED_FOR, 2, PROXIES), NAME, NAME);
            String block = block();
            Files.writeString(hosts, "203.0.113.2 client.example\n203.0.113.2 known.example\n");
            Files.write(
                    Path.of(arguments[1]),
                    List.of(
                            "header " + header,
                            "forwarded " + forwarded,
                            "peer " + peer,
                            "trusted peer " + trusted,
                            "block " + block,
                            "known.example " + lookUp("known.example"),
                            "client.example " + lookUp(NAME)));
        }

        private static String lookUp(String name) throws UnknownHostException {
            return InetAddress.getAllByName(name)[0].getHostAddress();
        }

        private static String block() {
            try {
                CidrSet.parse(NAME);
                return "taken";
            } catch (IllegalArgumentException e) {
                return "refused";
            }
        }

        private static String resolve(ClientAddressResolver resolver, String peer, String field) {
            HttpServletRequest request = (HttpServletRequest) Proxy.newProxyInstance(
                    Child.class.getClassLoader(),
                    new Class<?>[] {HttpServletRequest.class},
                    (self, method, arguments) -> switch (method.getName()) {
                        case "getRemoteAddr" -> peer;
                        case "getHeader" -> field;
                        case "getHeaders" -> Collections.enumeration(List.of(field));
                        default -> throw new UnsupportedOperationException(method.getName());
                    });
            return resolver.resolve(request).text();
        }
    }
}
