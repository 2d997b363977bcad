package dev.dowel.messaging.asyncapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Inbox;
import dev.dowel.messaging.JsonCodec;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.VersionRange;
import dev.dowel.messaging.testing.InMemoryMessaging;
import java.sql.Connection;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AsyncApiTest {
    record Deleted(long id) {}

    enum Reason {
        ASKED,
        EXPIRED
    }

    record Place(String street, double latitude) {}

    /** Refers to itself and to others. */
    record Deleted2(
            @JsonProperty("user_id") String userId,
            Reason reason,
            Place place,
            List<Place> former,
            Map<String, Integer> counts,
            Deleted2 cause,
            boolean forced,
            List<Integer> numbers) {}

    record Renamed(long id, String name) {}

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final EventType<Deleted> V1 =
            EventType.of("user.deleted", "1.0.0", Deleted.class).deprecated(LocalDate.of(2027, 3, 1));
    private static final EventType<Deleted2> V2 = EventType.of("user.deleted", "2.1.0", Deleted2.class);
    private static final EventType<Renamed> RENAMED = EventType.of("user.renamed", "1.0.0", Renamed.class);
    private static final Inbox INBOX = (consumer, id, work) -> {
        work.run((Connection) null);
        return true;
    };
    private static MetaSchema official;

    @BeforeAll
    static void loadSchema() throws Exception {
        official = MetaSchema.load();
    }

    private static Messaging messaging() {
        InMemoryMessaging messaging = new InMemoryMessaging()
                .publishes("events", V1, V2)
                .publishes("other events/1", RENAMED)
                .publishes("events.user", EventType.of("deleted", "1.0.0", Deleted.class));
        messaging
                .subscribe("likes.users")
                .on("events", V1, (body, delivery) -> {})
                .on("events", V2, (body, delivery) -> {})
                .bind("events", "user.renamed", VersionRange.parse("~1.2.3"))
                .idempotent(INBOX.byEvent())
                .start();
        messaging
                .subscribe("mails/ä ~1")
                .bind("other events/1", "user.renamed", VersionRange.parse("1.0.0"))
                .handler(Renamed.class, (body, delivery) -> {});
        return messaging;
    }

    private static String json() {
        return AsyncApi.document(messaging(), "user-service", "1.2.3").toJson();
    }

    @Test
    void documents_are_valid_by_the_official_schema() throws Exception {
        assertThat(official.problems(json())).isEmpty();
        assertThat(official.problems(
                        AsyncApi.document(new InMemoryMessaging(), "t", "1").toJson()))
                .isEmpty();
        try (Messaging real = Messaging.builder().publishes("events", V1, V2).build()) {
            assertThat(official.problems(AsyncApi.document(real, "t", "1").toJson()))
                    .isEmpty();
        }
    }

    static List<Consumer<ObjectNode>> breaks() {
        return List.of(
                document -> document.put("asyncapi", "2.6.0"),
                document -> document.remove("info"),
                document -> document.put("unknown", true),
                document -> channel(document).put("address", 7),
                document -> ((ObjectNode) channel(document).at("/bindings/amqp")).put("is", "nothing"),
                document -> ((ObjectNode) channel(document).at("/bindings/amqp")).remove("exchange"),
                document -> ((ObjectNode) channel(document).at("/messages/1.0.0")).put("deprecated", "yes"),
                document -> ((ObjectNode) channel(document).at("/messages/1.0.0/bindings/amqp")).put("wrong", 1),
                document -> ((ObjectNode) document.at("/operations").iterator().next()).put("action", "shout"),
                document -> ((ObjectNode) document.at("/operations").iterator().next()).remove("channel"),
                document -> ((ObjectNode) document.at("/components/schemas/Deleted")).put("type", "thing"));
    }

    @ParameterizedTest
    @MethodSource("breaks")
    void a_broken_document_is_refused_by_the_same_schema(Consumer<ObjectNode> broken) throws Exception {
        ObjectNode document = (ObjectNode) JSON.readTree(json());
        broken.accept(document);
        assertThat(official.problems(document.toString())).isNotEmpty();
    }

    private static ObjectNode channel(ObjectNode document) {
        return (ObjectNode) document.at("/channels/exchange__events__user.deleted");
    }

    @Test
    void an_event_on_an_exchange_is_a_channel_with_a_message_for_each_version() throws Exception {
        JsonNode document = JSON.readTree(json());
        JsonNode channel = document.at("/channels/exchange__events__user.deleted");

        assertThat(channel.at("/address").asText()).isEqualTo("user.deleted.*.*.*");
        assertThat(channel.at("/bindings/amqp"))
                .isEqualTo(JSON.readTree("{\"bindingVersion\":\"0.3.0\",\"is\":\"routingKey\",\"exchange\":"
                        + "{\"name\":\"events\",\"type\":\"topic\",\"durable\":true,\"autoDelete\":false}}"));
        assertThat(names(channel.at("/messages"))).containsExactly("1.0.0", "2.1.0");
        JsonNode old = channel.at("/messages/1.0.0");
        assertThat(old.at("/name").asText()).isEqualTo("user.deleted");
        assertThat(old.at("/deprecated").asBoolean()).isTrue();
        assertThat(old.at("/x-sunset").asText()).isEqualTo("2027-03-01");
        assertThat(channel.at("/messages/2.1.0").has("deprecated")).isFalse();
        JsonNode send = document.at("/operations/send__exchange__events__user.deleted");
        assertThat(send.at("/action").asText()).isEqualTo("send");
        assertThat(resolve(document, send.at("/channel"))).isSameAs(channel);
        assertThat(resolve(document, send.at("/messages/0"))).isSameAs(old);
        assertThat(send.at("/messages")).hasSize(2);
    }

    @Test
    void a_queue_is_a_channel_that_says_what_it_is_bound_to() throws Exception {
        JsonNode document = JSON.readTree(json());
        JsonNode channel = document.at("/channels/queue__likes.users");

        assertThat(channel.at("/address").asText()).isEqualTo("likes.users");
        assertThat(channel.at("/bindings/amqp/is").asText()).isEqualTo("queue");
        assertThat(channel.at("/bindings/amqp/queue/name").asText()).isEqualTo("likes.users");
        assertThat(channel.at("/x-bindings"))
                .isEqualTo(JSON.readTree("[{\"exchange\":\"events\",\"routingKeys\":[\"user.deleted.1.*.*\"]},"
                        + "{\"exchange\":\"events\",\"routingKeys\":[\"user.deleted.2.*.*\"]},"
                        + "{\"exchange\":\"events\",\"routingKeys\":[\"user.renamed.1.2.*\"]}]"));
        assertThat(names(channel.at("/messages")))
                .containsExactly(
                        "events__user.deleted.1.0.0-2.0.0",
                        "events__user.deleted.2.1.0-3.0.0",
                        "events__user.renamed.1.2.3-1.3.0");
        JsonNode receive = document.at("/operations/receive__queue__likes.users");
        assertThat(receive.at("/action").asText()).isEqualTo("receive");
        assertThat(resolve(document, receive.at("/channel"))).isSameAs(channel);
        assertThat(receive.at("/messages")).hasSize(3);
    }

    @Test
    void every_reference_points_to_something_and_names_that_look_alike_stay_apart() throws Exception {
        JsonNode document = JSON.readTree(json());
        List<JsonNode> references = document.findValues("$ref");
        assertThat(references)
                .hasSizeGreaterThan(15)
                .allSatisfy(
                        one -> assertThat(document.at(one.asText().substring(1)).isMissingNode())
                                .as(one.asText())
                                .isFalse());
        assertThat(names(document.at("/channels")))
                .contains("exchange__events__user.deleted", "exchange__events.user__deleted");
        assertThat(names(document.at("/channels"))).hasSize(5);
    }

    @Test
    void what_the_codec_writes_is_valid_by_the_schema_of_its_type_and_other_things_are_not() throws Exception {
        JsonNode document = JSON.readTree(json());
        Place place = new Place("Main Street", 52.5);
        Deleted2 empty = new Deleted2(null, null, null, null, null, null, false, null);
        Deleted2 full = new Deleted2(
                "7", Reason.EXPIRED, place, List.of(place, place), Map.of("likes", 3), empty, true, List.of(1, 2));

        assertThat(problems(document, "1.0.0", encoded(V1, new Deleted(7)))).isEmpty();
        assertThat(problems(document, "2.1.0", encoded(V2, empty))).isEmpty();
        assertThat(problems(document, "2.1.0", encoded(V2, full))).isEmpty();
        assertThat(encoded(V2, full).has("user_id")).isTrue();
        assertThat(problems(document, "1.0.0", JSON.readTree("{}"))).isNotEmpty();
        assertThat(problems(document, "1.0.0", JSON.readTree("{\"id\":\"7\"}"))).isNotEmpty();
        assertThat(problems(document, "2.1.0", JSON.readTree("{\"forced\":true,\"user_id\":7}")))
                .isNotEmpty();
        assertThat(problems(document, "2.1.0", JSON.readTree("{\"forced\":true,\"reason\":\"NONE\"}")))
                .isNotEmpty();
        assertThat(problems(document, "2.1.0", JSON.readTree("{\"forced\":true,\"place\":{\"latitude\":\"x\"}}")))
                .isNotEmpty();
    }

    @Test
    void the_same_declarations_give_the_same_text() {
        assertThat(json()).isEqualTo(json());
        assertThatThrownBy(() -> AsyncApi.document(new InMemoryMessaging(), " ", "1"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AsyncApi.document(new InMemoryMessaging(), "t", ""))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static <T> JsonNode encoded(EventType<T> type, T body) throws Exception {
        return JSON.readTree(Message.of(type, body).encode(JsonCodec.jackson2()).body());
    }

    /** Validates a payload by the document's own schema, whose references are relative to the document. */
    private static List<String> problems(JsonNode document, String version, JsonNode payload) {
        ObjectNode schema = ((ObjectNode)
                        document.at("/channels/exchange__events__user.deleted/messages/" + version + "/payload"))
                .deepCopy();
        ObjectNode whole = JSON.createObjectNode();
        whole.put("$schema", "http://json-schema.org/draft-07/schema#");
        whole.putArray("allOf").add(schema);
        whole.set("components", document.at("/components"));
        JsonSchema compiled = MetaSchema.schema(whole.toString());
        return MetaSchema.problems(compiled, payload);
    }

    private static JsonNode resolve(JsonNode document, JsonNode reference) {
        return document.at(reference.required("$ref").asText().substring(1));
    }

    private static List<String> names(JsonNode node) {
        return StreamSupport.stream(((Iterable<String>) node::fieldNames).spliterator(), false)
                .toList();
    }
}
