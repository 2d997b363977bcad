package dev.dowel.messaging.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.ConnectionFactory;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerAddressTest {
    @ParameterizedTest
    @CsvSource({
        "amqp://u:p@h, u, p, /, h:5672",
        "amqp://u:p@h/, u, p, /, h:5672",
        "amqp://u:p@h:1/v, u, p, v, h:1",
        "amqps://u:p@h/v%2Fw, u, p, v/w, h:5671",
        "amqp://h, guest, guest, /, h:5672",
        "amqp://us%40er:p%3A%2F%40+s@h, us@er, p:/@+s, /, h:5672",
        "amqp://u:p@a:1|b/v, u, p, v, a:1|b:5672",
        "amqp://u:p@[::1]:5/v, u, p, v, [::1]:5"
    })
    void a_uri_names_login_vhost_and_hosts(String uri, String user, String password, String vhost, String hosts) {
        BrokerAddress address = BrokerAddress.parse(uri.replace('|', ','));
        ConnectionFactory factory = new ConnectionFactory();
        address.configure(factory);

        assertThat(factory.getUsername()).isEqualTo(user);
        assertThat(factory.getPassword()).isEqualTo(password);
        assertThat(factory.getVirtualHost()).isEqualTo(vhost);
        assertThat(address.hosts().stream().map(host -> host.getHost() + ":" + host.getPort()))
                .containsExactly(hosts.split("\\|", -1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http://u:s3cret@h",
                "s3cret",
                "amqp://",
                "amqp://u:s3cret@",
                "amqp://u:s3cret@h:0",
                "amqp://u:s3cret@h:x",
                "amqp://u:s3cret@h:70000",
                "amqp://s3cret@h",
                "amqp://u:%zzs3cret@h",
                "amqp://u:s3cret@h?x=1",
                "amqp://u:s3cret@a,,b",
                "amqp://u:s3cret@a b",
                "amqp://app:4711/s3cret@rabbit/prod",
                "amqp://app/s3cret@rabbit"
            })
    void a_wrong_uri_is_refused_without_being_repeated(String uri) {
        assertThatThrownBy(() -> BrokerAddress.fromEnvironment(Map.of("RABBITMQ_URI", uri)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("RABBITMQ_URI is wrong")
                .satisfies(e -> assertThat(e.toString() + e.getCause()).doesNotContain("s3cret"));
    }

    @Test
    void single_variables_do_instead_of_a_uri() {
        BrokerAddress address = BrokerAddress.fromEnvironment(Map.of(
                "RABBITMQ_HOST",
                "h",
                "RABBITMQ_PORT",
                "7",
                "RABBITMQ_USERNAME",
                "u",
                "RABBITMQ_PASSWORD",
                "s3cret",
                "RABBITMQ_VHOST",
                "v"));
        assertThat(address).hasToString("amqp://h:7 vhost v");
    }

    @ParameterizedTest
    @CsvSource({
        "5672, h:5672",
        "tcp://10.0.0.1:5673, h:5673",
        "tcp://[fd00::1]:5674, h:5674",
        "tcp://fd00::1:5675, h:5675"
    })
    void of_a_port_as_kubernetes_sets_it_for_a_service_named_rabbitmq_only_the_number_counts(String port, String host) {
        BrokerAddress address = BrokerAddress.fromEnvironment(Map.of("RABBITMQ_HOST", "h", "RABBITMQ_PORT", port));

        assertThat(address).hasToString("amqp://" + host + " vhost /");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "0", "70000", "x", "tcp://10.0.0.1", "tcp://10.0.0.1:0", "tcp://u:s3cret@h:5672", "udp://h:1"
            })
    void a_port_without_a_usable_number_is_refused_and_not_shown(String port) {
        assertThatThrownBy(() -> BrokerAddress.fromEnvironment(Map.of("RABBITMQ_HOST", "h", "RABBITMQ_PORT", port)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("RABBITMQ_PORT is wrong")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void missing_and_wrong_variables_are_named() {
        assertThatThrownBy(() -> BrokerAddress.fromEnvironment(Map.of()))
                .hasMessageContaining("Neither RABBITMQ_URI nor RABBITMQ_HOST is set");
        assertThatThrownBy(() -> BrokerAddress.fromEnvironment(Map.of("RABBITMQ_HOST", "h", "RABBITMQ_PORT", "0")))
                .hasMessageContaining("RABBITMQ_PORT");
    }

    @Test
    void a_host_that_is_a_uri_is_refused_and_not_shown() {
        assertThatThrownBy(() -> BrokerAddress.fromEnvironment(Map.of("RABBITMQ_HOST", "amqp://app:secret@rabbit")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("RABBITMQ_HOST")
                .hasMessageNotContaining("secret");
    }
}
