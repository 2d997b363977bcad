package dev.dowel.messaging.management;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dowel.messaging.internal.TopicPattern;

/** A binding as the management plugin lists it. */
record Binding(String source, String destination, boolean toQueue, String routingKey, String propertiesKey) {
    static Binding of(JsonNode json) {
        return new Binding(
                json.path("source").asText(),
                json.path("destination").asText(),
                json.path("destination_type").asText().equals("queue"),
                json.path("routing_key").asText(),
                json.path("properties_key").asText());
    }

    /** Tells whether an exchange of the type would pass the key on; of a type that is not known it is assumed. */
    boolean takes(String exchangeType, String key) {
        return switch (exchangeType) {
            case "topic" -> TopicPattern.matches(routingKey, key);
            case "direct" -> routingKey.equals(key);
            default -> true;
        };
    }
}
