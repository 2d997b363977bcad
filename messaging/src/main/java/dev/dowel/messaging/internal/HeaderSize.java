package dev.dowel.messaging.internal;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.LongString;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How large the frame with a message's properties can be at most, without encoding it. There is a bound only for what can
 * surely be encoded.
 */
final class HeaderSize {
    private static final int MOST_BYTES_PER_CHAR = 3;
    private static final int SHORT_STRING_LIMIT = 255;
    /** The frame's own 8 bytes, 14 of class, size and flags, the numbers among the properties, and lengths of the strings. */
    private static final int FIXED = 64;
    /** The length of the name, the type, and a number or the length of a text. */
    private static final int PER_HEADER = 16;

    private HeaderSize() {}

    static OptionalInt atMost(AMQP.BasicProperties properties) {
        long size = FIXED;
        for (String text : new @Nullable String[] {
            properties.getContentType(),
            properties.getContentEncoding(),
            properties.getCorrelationId(),
            properties.getReplyTo(),
            properties.getExpiration(),
            properties.getMessageId(),
            properties.getType(),
            properties.getUserId(),
            properties.getAppId(),
            properties.getClusterId()
        }) {
            if (text != null) {
                if (!surelyShort(text)) {
                    return OptionalInt.empty();
                }
                size += bytes(text);
            }
        }
        Map<String, Object> headers = properties.getHeaders();
        if (headers != null) {
            for (Map.Entry<String, Object> header : headers.entrySet()) {
                Object value = header.getValue();
                if (!surelyShort(header.getKey())) {
                    return OptionalInt.empty();
                }
                size += PER_HEADER + bytes(header.getKey());
                if (value instanceof String text) {
                    size += bytes(text);
                } else if (value instanceof LongString text) {
                    size += text.length();
                } else if (!(value instanceof Integer || value instanceof Long || value instanceof Boolean)) {
                    return OptionalInt.empty();
                }
            }
        }
        return size > Integer.MAX_VALUE ? OptionalInt.empty() : OptionalInt.of((int) size);
    }

    /** Tells without encoding it that a text fits in what AMQP calls a short string; false if it may or may not. */
    static boolean surelyShort(String text) {
        return bytes(text) <= SHORT_STRING_LIMIT;
    }

    private static long bytes(String text) {
        return (long) MOST_BYTES_PER_CHAR * text.length();
    }
}
