package dev.dowel.messaging.outbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.RouteRequirement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The statements on the outbox's tables. */
final class OutboxTable {
    static final int SHARDS = 16;
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    private static final int PENDING_LIMIT = 10_001;
    private static final int ERROR_LIMIT = 500;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {};

    private OutboxTable() {}

    /** Messages of one key, and a form without a key and the others of its event, share a shard: one relay sends them. */
    private static int shardOf(EncodedMessage message, List<EncodedMessage> event) {
        String of = message.key()
                .or(() -> event.stream().flatMap(form -> form.key().stream()).findFirst())
                .orElse(message.eventId());
        return Math.floorMod(of.hashCode(), SHARDS);
    }

    /** Stores the forms of one event. */
    static void insert(Connection connection, String exchange, List<EncodedMessage> messages) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO messaging_outbox (shard, message_id, event_id, exchange, type, routing_key, ordering_key,"
                        + " correlation_id, content_type, headers, body, route)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (EncodedMessage message : messages) {
                insert.setInt(1, shardOf(message, messages));
                insert.setString(2, message.messageId());
                insert.setString(3, message.eventId());
                insert.setString(4, exchange);
                insert.setString(5, message.type());
                insert.setString(6, message.routingKey());
                insert.setString(7, message.key().orElse(null));
                insert.setString(8, message.correlationId().orElse(null));
                insert.setString(9, message.contentType());
                insert.setString(10, write(message.headers()));
                insert.setBytes(11, message.body());
                insert.setString(12, message.route().name());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** Locks one shard that nobody else has locked and that is not in the set; empty if there is none. */
    static Optional<Integer> lockShard(Connection connection, Set<Integer> except) throws SQLException {
        String marks = except.isEmpty() ? "-1" : String.join(",", Collections.nCopies(except.size(), "?"));
        // Only shards with rows: locking the others would cost a round trip each.
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT shard FROM messaging_outbox_shard s WHERE shard NOT IN (" + marks + ")"
                        + " AND EXISTS (SELECT 1 FROM messaging_outbox o WHERE o.shard = s.shard AND NOT o.parked)"
                        + " ORDER BY shard FETCH FIRST 1 ROW ONLY FOR UPDATE SKIP LOCKED")) {
            int i = 1;
            for (int shard : except) {
                select.setInt(i++, shard);
            }
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? Optional.of(rows.getInt(1)) : Optional.empty();
            }
        }
    }

    /**
     * Returns what is due in a shard, oldest first; a key waits behind its oldest row that is not due yet, except that the
     * forms of one event do not wait for each other. A row that cannot be read is parked.
     */
    static List<OutboxRow> due(Connection connection, int shard, int limit, Instant now) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT id, message_id, event_id, exchange, type, routing_key, ordering_key, correlation_id,"
                        + " content_type, headers, body, route, attempts FROM messaging_outbox o"
                        + " WHERE shard = ? AND NOT parked AND (next_attempt_at IS NULL OR next_attempt_at <= ?)"
                        + " AND (ordering_key IS NULL OR NOT EXISTS (SELECT 1 FROM messaging_outbox e"
                        + " WHERE e.shard = o.shard AND e.ordering_key = o.ordering_key AND e.id < o.id"
                        + " AND e.event_id <> o.event_id AND NOT e.parked AND e.next_attempt_at > ?))"
                        + " ORDER BY id FETCH FIRST " + limit + " ROWS ONLY")) {
            select.setInt(1, shard);
            select.setTimestamp(2, Timestamp.from(now));
            select.setTimestamp(3, Timestamp.from(now));
            try (ResultSet rows = select.executeQuery()) {
                List<OutboxRow> due = new ArrayList<>();
                Map<Long, String> unreadable = new LinkedHashMap<>();
                while (rows.next()) {
                    try {
                        due.add(read(rows));
                    } catch (RuntimeException e) {
                        unreadable.put(rows.getLong(1), "The row cannot be read: " + e.getMessage());
                    }
                }
                for (Map.Entry<Long, String> row : unreadable.entrySet()) {
                    LOG.error("The outbox parks row {}: {}", row.getKey(), row.getValue());
                    park(connection, row.getKey(), row.getValue());
                }
                return due;
            }
        }
    }

    private static OutboxRow read(ResultSet row) throws SQLException {
        return new OutboxRow(
                row.getLong(1),
                row.getString(4),
                new EncodedMessage(
                        row.getString(2),
                        row.getString(3),
                        row.getString(5),
                        row.getString(6),
                        Optional.ofNullable(row.getString(7)),
                        Optional.ofNullable(row.getString(8)),
                        row.getString(9),
                        readHeaders(row.getString(10)),
                        row.getBytes(11),
                        RouteRequirement.valueOf(row.getString(12))),
                row.getInt(13));
    }

    static void delete(Connection connection, List<Long> ids) throws SQLException {
        if (ids.isEmpty()) {
            return;
        }
        String marks = String.join(",", Collections.nCopies(ids.size(), "?"));
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM messaging_outbox WHERE id IN (" + marks + ")")) {
            for (int i = 0; i < ids.size(); i++) {
                delete.setLong(i + 1, ids.get(i));
            }
            delete.executeUpdate();
        }
    }

    /** Says that of these events one form has arrived, so that the others need no queue. */
    static void unroute(Connection connection, int shard, Collection<String> events) throws SQLException {
        if (events.isEmpty()) {
            return;
        }
        String marks = String.join(",", Collections.nCopies(events.size(), "?"));
        try (PreparedStatement update = connection.prepareStatement("UPDATE messaging_outbox SET route = '"
                + RouteRequirement.NONE + "' WHERE shard = ? AND NOT parked AND route = '" + RouteRequirement.ANY
                + "' AND event_id IN (" + marks + ")")) {
            update.setInt(1, shard);
            int i = 2;
            for (String event : events) {
                update.setString(i++, event);
            }
            update.executeUpdate();
        }
    }

    static void postpone(Connection connection, long id, Instant next, String error) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE messaging_outbox"
                + " SET attempts = attempts + 1, next_attempt_at = ?, last_error = ? WHERE id = ?")) {
            update.setTimestamp(1, Timestamp.from(next));
            update.setString(2, cut(error));
            update.setLong(3, id);
            update.executeUpdate();
        }
    }

    static void park(Connection connection, long id, String error) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE messaging_outbox"
                + " SET attempts = attempts + 1, last_error = ?, parked = true WHERE id = ?")) {
            update.setString(1, cut(error));
            update.setLong(2, id);
            update.executeUpdate();
        }
    }

    private static String cut(String error) {
        return error.length() > ERROR_LIMIT ? error.substring(0, ERROR_LIMIT) : error;
    }

    /** Counts what waits, up to 10,001: counting a large table is not worth its price. */
    static long pending(Connection connection) throws SQLException {
        try (PreparedStatement count =
                        connection.prepareStatement("SELECT count(*) FROM (SELECT 1 FROM messaging_outbox"
                                + " WHERE NOT parked FETCH FIRST " + PENDING_LIMIT + " ROWS ONLY) waiting");
                ResultSet rows = count.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    private static String write(Map<String, String> headers) {
        try {
            return JSON.writeValueAsString(headers);
        } catch (JsonProcessingException e) {
            throw new OutboxException("The headers of a message could not be written as JSON", e);
        }
    }

    private static Map<String, String> readHeaders(String json) {
        try {
            return JSON.readValue(json, HEADERS);
        } catch (JsonProcessingException e) {
            throw new OutboxException("The headers of a row in the outbox are not JSON", null);
        }
    }
}
