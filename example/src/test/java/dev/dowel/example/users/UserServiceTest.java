package dev.dowel.example.users;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.messaging.MessageSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UserServiceTest {
    private final InMemoryUsers users = new InMemoryUsers();
    private final UserService service = new UserService(users);

    @BeforeEach
    void two_users() {
        users.add(new User(1, "Ann"));
        users.add(new User(2, "Ben"));
    }

    @Test
    void finds_those_that_exist() {
        assertThat(service.findAll(List.of(1L, 2L, 3L))).extracting(User::name).containsExactly("Ann", "Ben");
    }

    @Test
    void a_deletion_is_announced_in_both_versions_as_one_event() {
        assertThat(service.delete(2)).isTrue();

        assertThat(service.find(2)).isEmpty();
        MessageSet announced = users.announced().get(0);
        assertThat(announced.messages())
                .extracting(message -> message.type().routingKey())
                .containsExactly("user.deleted.1.0.0", "user.deleted.2.0.0");
        assertThat(announced.messages()).allSatisfy(message -> {
            assertThat(message.eventId()).isEqualTo(announced.eventId());
            assertThat(message.key()).contains("2");
        });
    }

    @Test
    void deleting_nobody_announces_nothing() {
        assertThat(service.delete(3)).isFalse();
        assertThat(users.announced()).isEmpty();
    }
}
