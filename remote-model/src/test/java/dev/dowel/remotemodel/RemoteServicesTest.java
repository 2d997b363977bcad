package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteServicesTest {

    @Test
    void each_service_is_found_by_its_name() {
        try (RemoteServices services =
                RemoteServices.parse(" pizza=https://pizza.internal\n users=http://localhost:81/x ")) {
            assertThat(services.service("users")).isSameAs(services.service("users"));
            assertThat(services.service("users")).hasToString("RemoteService[users at http://localhost:81/x]");
            assertThat(services.builder("pizza").version("v2").build().name()).isEqualTo("pizza");
            assertThatThrownBy(() -> services.service("other")).hasMessageContaining("[pizza, users]");
        }
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(
            strings = {
                "users",
                "=http://x",
                "users=ftp://x",
                "users=http://a:canary@x",
                "users=https://bob:canary@my_host/",
                "users=https://my_canary/",
                "users=https://x/a%2Fcanary",
                "users=http://x?canary",
                "users=http://can^ary",
                "a/b=http://x",
                "a=http://x a=http://y"
            })
    void a_wrong_variable_is_named_without_its_urls(String value) {
        assertThatThrownBy(() -> RemoteServices.parse(value))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("REMOTE_SERVICES")
                .message()
                .doesNotContain("canary");
    }

    @Test
    void a_closed_service_says_so() {
        RemoteServices services = RemoteServices.parse("x=http://localhost:1");
        RemoteModel<Book, Long> books =
                services.service("x").model("books", Book.class, IdCodec.LONG).build();
        services.close();
        services.close();

        assertThatThrownBy(() -> books.find(1L)).isInstanceOf(IllegalStateException.class);
    }

    /** A program with the variable; public so that another Java can start it. */
    public static final class Program {

        private Program() {}

        public static void main(String[] arguments) {
            try (RemoteServices services = RemoteServices.fromEnvironment()) {
                System.out.print(services.service("pizza") + " " + services.service("users"));
            } catch (IllegalStateException e) {
                System.out.print(e.getMessage());
            }
        }
    }

    private static String run(Map<String, String> environment) throws Exception {
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName());
        java.environment().remove("REMOTE_SERVICES");
        java.environment().putAll(environment);
        Process process = java.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return said;
    }

    @Test
    void the_services_are_those_of_the_environment() throws Exception {
        assertThat(run(Map.of("REMOTE_SERVICES", "pizza=https://pizza.internal users=https://users.internal")))
                .isEqualTo("RemoteService[pizza at https://pizza.internal/]"
                        + " RemoteService[users at https://users.internal/]");
        assertThat(run(Map.of())).contains("REMOTE_SERVICES");
    }
}
