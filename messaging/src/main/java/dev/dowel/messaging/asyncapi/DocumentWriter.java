package dev.dowel.messaging.asyncapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dowel.messaging.Contract;
import dev.dowel.messaging.EventType;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;

/** Builds one document from a contract. For one thread and one document. */
final class DocumentWriter {
    private static final String BINDING_VERSION = "0.3.0";
    private static final int PERSISTENT = 2;

    private final ObjectNode document = JsonNodeFactory.instance.objectNode();
    private final PayloadSchemas schemas = new PayloadSchemas();
    private final Map<String, ObjectNode> sent = new LinkedHashMap<>();

    ObjectNode write(Contract contract, String title, String version) {
        document.put("asyncapi", "3.0.0");
        document.putObject("info").put("title", title).put("version", version);
        document.put("defaultContentType", "application/json");
        document.putObject("channels");
        document.putObject("operations");
        contract.published().forEach(this::published);
        contract.consumed().forEach(this::consumed);
        document.putObject("components").set("schemas", schemas.definitions());
        return document;
    }

    private void published(Contract.Published one) {
        EventType<?> type = one.type();
        String id = id("exchange", one.exchange(), type.name());
        ObjectNode operation = sent.computeIfAbsent(id, key -> send(key, one.exchange(), type.name()));
        ObjectNode message = message(id, operation, type.version().toString());
        describe(message, type.name(), type.name() + " " + type.version());
        message.set("payload", schemas.reference(type.body()));
        type.sunset()
                .ifPresent(end -> message.put("deprecated", true)
                        .put("description", "No longer published from " + end + " on.")
                        .put("x-sunset", end.toString()));
    }

    private ObjectNode send(String id, String exchange, String eventName) {
        ObjectNode channel = channel(id, eventName + ".*.*.*", eventName + " on exchange " + exchange);
        ObjectNode amqp = amqp(channel).put("is", "routingKey");
        amqp.putObject("exchange")
                .put("name", exchange)
                .put("type", "topic")
                .put("durable", true)
                .put("autoDelete", false);
        ObjectNode operation = operation("send", id);
        amqp(operation).put("deliveryMode", PERSISTENT).put("timestamp", true);
        return operation;
    }

    private void consumed(Contract.Consumed one) {
        String id = id("queue", one.queue());
        ObjectNode channel = channel(id, one.queue(), "Queue " + one.queue());
        amqp(channel)
                .put("is", "queue")
                .putObject("queue")
                .put("name", one.queue())
                .put("durable", true)
                .put("exclusive", false)
                .put("autoDelete", false);
        ObjectNode operation = operation("receive", id);
        amqp(operation).put("ack", true);
        // AsyncAPI has no field for what a queue is bound to.
        ArrayNode bindings = channel.putArray("x-bindings");
        for (Contract.Binding binding : new LinkedHashSet<>(one.bindings())) {
            ObjectNode bound = bindings.addObject().put("exchange", binding.exchange());
            ArrayNode keys = bound.putArray("routingKeys");
            binding.routingKeys().forEach(keys::add);
            String from = binding.versions().from().toString();
            String below = binding.versions().below().toString();
            ObjectNode message =
                    message(id, operation, id(binding.exchange(), binding.eventName()) + "." + from + "-" + below);
            describe(message, binding.eventName(), binding.eventName() + " from " + from + " to below " + below);
            binding.body().ifPresent(type -> message.set("payload", schemas.reference(type)));
        }
    }

    private ObjectNode channel(String id, String address, String title) {
        ObjectNode channel =
                document.withObjectProperty("channels").putObject(id).put("address", address);
        channel.put("title", title).putObject("messages");
        return channel;
    }

    private ObjectNode operation(String action, String channelId) {
        ObjectNode operation = document.withObjectProperty("operations").putObject(action + "__" + channelId);
        operation.put("action", action);
        operation.putObject("channel").put("$ref", "#/channels/" + channelId);
        operation.putArray("messages");
        return operation;
    }

    private ObjectNode message(String channelId, ObjectNode operation, String id) {
        ((ArrayNode) operation.required("messages"))
                .addObject()
                .put("$ref", "#/channels/" + channelId + "/messages/" + id);
        return ((ObjectNode) document.required("channels").required(channelId).required("messages")).putObject(id);
    }

    private static void describe(ObjectNode message, String eventName, String title) {
        message.put("name", eventName).put("title", title).put("contentType", "application/json");
        ObjectNode headers = message.putObject("headers").put("type", "object");
        ObjectNode properties = headers.putObject("properties");
        properties.putObject("event-id").put("type", "string");
        properties.putObject("message-version").put("type", "string");
        properties.putObject("message-key").put("type", "string");
        properties.putObject("message-sunset").put("type", "string").put("format", "date");
        amqp(message).put("messageType", eventName);
    }

    private static ObjectNode amqp(ObjectNode owner) {
        return owner.putObject("bindings").putObject("amqp").put("bindingVersion", BINDING_VERSION);
    }

    /** Joins names that may hold any character so that different names stay different. */
    private static String id(String... names) {
        StringBuilder id = new StringBuilder();
        for (String name : names) {
            id.append(id.isEmpty() ? "" : "__");
            name.codePoints().forEach(each -> {
                if (each < 128 && (Character.isLetterOrDigit(each) || each == '-' || each == '.')) {
                    id.appendCodePoint(each);
                } else {
                    id.append('_').append(Integer.toHexString(each)).append('_');
                }
            });
        }
        return id.toString();
    }
}
