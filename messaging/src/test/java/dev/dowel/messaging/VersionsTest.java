package dev.dowel.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionsTest {
    private record Body(int id) {}

    private static final EventType<Body> TYPE = EventType.of("user.deleted", "1.2.3", Body.class);

    @ParameterizedTest
    @CsvSource({
        "^1.2.0, user.deleted.1.*.*",
        "^0.2.0, user.deleted.0.*.*",
        "~1.2.0, user.deleted.1.2.*",
        "1.2.3, user.deleted.1.2.3",
        ">=1 <2, user.deleted.1.*.*",
        ">=1 <3, user.deleted.1.*.*|user.deleted.2.*.*"
    })
    void a_range_binds_by_words_of_the_routing_key(String range, String keys) {
        assertThat(VersionRange.parse(range).bindingKeys("user.deleted")).isEqualTo(List.of(keys.split("\\|", -1)));
    }

    @ParameterizedTest
    @CsvSource({
        "^1.2.0, 1.2.0, true",
        "^1.2.0, 1.9.9, true",
        "^1.2.0, 1.1.9, false",
        "^1.2.0, 2.0.0, false",
        "~1.2.3, 1.2.3, true",
        "~1.2.3, 1.2.2, false",
        "~1.2.3, 1.3.0, false",
        "1.2.3, 1.2.3, true",
        "1.2.3, 1.2.4, false",
        ">=1 <3, 2.9.9, true",
        ">=1 <3, 3.0.0, false",
        ">=1 <3, 0.9.9, false"
    })
    void what_is_finer_than_a_word_is_filtered(String range, String version, boolean contained) {
        assertThat(VersionRange.parse(range).contains(Version.parse(version))).isEqualTo(contained);
    }

    @ParameterizedTest
    @CsvSource({"^1.0.0, false", "~1.0.0, false", "1.0.0, false", ">=1 <2, false", ">=1 <3, true"})
    void a_range_knows_whether_it_spans_majors(String range, boolean spans) {
        assertThat(VersionRange.parse(range).spansMajors()).isEqualTo(spans);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1.0",
                "1.0.0.0",
                "01.0.0",
                "1.0.0-rc1",
                "1.0.0+5",
                "1.0.x",
                "v1.0.0",
                " 1.0.0",
                "-1.0.0",
                "1000000.0.0",
                "99999999999.0.0"
            })
    void what_is_not_three_plain_numbers_is_no_version(String text) {
        assertThatThrownBy(() -> Version.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "^1", ">=2 <2", ">=3 <2", ">=1 <1000", "*", "1.*.*", "^1.0.0 || ^2.0.0"})
    void what_is_not_one_of_the_four_forms_is_no_range(String text) {
        assertThatThrownBy(() -> VersionRange.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "User.deleted", "user..deleted", ".user", "user.", "user.1", "user deleted", "user.*", "#"})
    void a_name_whose_words_could_be_taken_for_something_else_is_refused(String name) {
        assertThatThrownBy(() -> EventType.of(name, "1.0.0", Body.class)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_routing_key_is_at_most_255_bytes() {
        assertThat(EventType.of("a".repeat(249), "1.0.0", Body.class).routingKey())
                .hasSize(255);
        assertThatThrownBy(() -> EventType.of("a".repeat(250), "1.0.0", Body.class))
                .hasMessageContaining("255");
    }

    @Test
    void a_message_has_a_time_ordered_id_that_copies_keep() {
        Message<Body> message = Message.of(TYPE, new Body(1));
        UUID id = UUID.fromString(message.messageId());

        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(message.key("7").header("traceparent", "x").messageId()).isEqualTo(message.messageId());
        assertThat(message.eventId()).isEqualTo(message.messageId());
        assertThat(System.currentTimeMillis() - (id.getMostSignificantBits() >>> 16))
                .isBetween(0L, 60_000L);
    }

    @Test
    void a_set_shares_one_event_id_and_each_message_has_its_own() {
        MessageSet set = MessageSet.of("evt-42")
                .add(TYPE, new Body(1))
                .add(EventType.of("user.deleted", "2.0.0", Body.class), new Body(1))
                .key("7");

        assertThat(set.messages()).extracting(Message::eventId).containsExactly("evt-42", "evt-42");
        assertThat(set.messages()).extracting(Message::messageId).doesNotHaveDuplicates();
        assertThatThrownBy(() -> set.add(TYPE, new Body(2))).hasMessageContaining("already");
    }

    @Test
    void a_second_form_of_the_same_event_and_major_is_refused_in_a_set() {
        MessageSet set = MessageSet.create().add(TYPE, new Body(1));

        assertThatThrownBy(() -> set.add(EventType.of("user.deleted", "1.3.0", Body.class), new Body(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("The set has user.deleted in major 1 already, so user.deleted.1.3.0 would");
        assertThat(set.add(EventType.of("user.renamed", "1.3.0", Body.class), new Body(1))
                        .add(EventType.of("user.deleted", "2.0.0", Body.class), new Body(1))
                        .messages())
                .hasSize(3);
    }

    @Test
    void all_forms_in_a_set_have_one_key_whenever_and_however_it_was_given() {
        EventType<Body> second = EventType.of("user.deleted", "2.0.0", Body.class);
        Message<Body> keyed = Message.of(second, new Body(1)).key("7");

        for (MessageSet set : List.of(
                MessageSet.create().key("7").add(TYPE, new Body(1)).add(second, new Body(1)),
                MessageSet.create().add(TYPE, new Body(1)).key("7").add(second, new Body(1)),
                MessageSet.create().add(TYPE, new Body(1)).add(keyed),
                MessageSet.create().add(keyed).add(TYPE, new Body(1)),
                MessageSet.create().key("6").add(TYPE, new Body(1)).key("7").add(keyed),
                MessageSet.create().add(TYPE, new Body(1)).add(keyed).requireRoute(RouteRequirement.ALL))) {
            assertThat(set.key()).contains("7");
            assertThat(set.messages())
                    .extracting(one -> one.key().orElse("none"))
                    .containsExactly("7", "7");
        }
        assertThat(MessageSet.create().add(TYPE, new Body(1)).key()).isEmpty();
    }

    @Test
    void a_form_with_another_key_than_its_set_is_refused_without_telling_the_keys() {
        Message<Body> other = Message.of(EventType.of("user.deleted", "2.0.0", Body.class), new Body(1))
                .key("8");

        for (MessageSet set : List.of(
                MessageSet.create().key("7"),
                MessageSet.create().add(Message.of(TYPE, new Body(1)).key("7")))) {
            assertThatThrownBy(() -> set.add(other))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("user.deleted.2.0.0 has another key than the set")
                    .hasMessageNotContainingAny("7", "8");
        }
        assertThatThrownBy(() -> MessageSet.create().key("")).hasMessageContaining("1 to 255");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-death",
                "X-Retry",
                "CC",
                "bcc",
                "event-id",
                "message-attempt",
                "Message-Sunset",
                "Failure-Reason",
                ""
            })
    void headers_of_the_library_and_of_the_broker_cannot_be_set(String name) {
        Message<Body> message = Message.of(TYPE, new Body(1));
        assertThatThrownBy(() -> message.header(name, "v")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void no_text_form_holds_the_body() {
        Message<String> message = Message.of(EventType.of("a", "1.0.0", String.class), "s3cret");
        assertThat(message + " " + message.encode(JsonCodec.jackson2())).doesNotContain("s3cret");
    }
}
