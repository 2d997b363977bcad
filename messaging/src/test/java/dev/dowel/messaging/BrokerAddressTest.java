package dev.dowel.messaging;

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

    @Test
    void missing_and_wrong_variables_are_named() {
        assertThatThrownBy(() -> BrokerAddress.fromEnvironment(Map.of()))
                .hasMessageContaining("Neither RABBITMQ_URI nor RABBITMQ_HOST is set");
        assertThatThrownBy(() -> BrokerAddress.fromEnvironment(Map.of("RABBITMQ_HOST", "h", "RABBITMQ_PORT", "0")))
                .hasMessageContaining("RABBITMQ_PORT");
    }
}
