package dev.dowel.messaging.asyncapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.MessagingException;

/**
 * An AsyncAPI 3.0.0 document of what a service publishes and consumes: one channel for each event on an exchange, one for
 * each queue, one message for each version, payload schemas from the Java types. Immutable.
 */
public final class AsyncApi {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final String json;

    private AsyncApi(String json) {
        this.json = json;
    }

    /**
     * Describes what the messaging has declared and subscribed to by now. The broker is not asked. Names of properties are
     * those of the Java types and of Jackson's annotations: settings of your own mapper, such as a naming strategy, are not
     * known here.
     *
     * @param messaging what to describe; need not be started
     * @param title the service's name
     * @param version the version of the document, such as {@code 1.0.0}
     * @return the document
     * @throws IllegalArgumentException if title or version is blank
     */
    public static AsyncApi document(Messaging messaging, String title, String version) {
        if (title.isBlank() || version.isBlank()) {
            throw new IllegalArgumentException("title and version are not blank");
        }
        ObjectNode document = new DocumentWriter().write(messaging.contract(), title, version);
        try {
            return new AsyncApi(JSON.writeValueAsString(document));
        } catch (JsonProcessingException e) {
            throw new MessagingException("The document cannot be written as JSON", e);
        }
    }

    /**
     * Returns the document as JSON, which is YAML 1.2 too.
     *
     * @return indented text, the same for the same declarations
     */
    public String toJson() {
        return json;
    }

    /** Returns the document. */
    @Override
    public String toString() {
        return json;
    }
}
