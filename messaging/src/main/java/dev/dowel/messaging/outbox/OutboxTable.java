package dev.dowel.messaging.outbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.RouteRequirement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The statements on the outbox's tables. */
final class OutboxTable {
    static final int SHARDS = 16;
    private static final int ERROR_LIMIT = 500;
    private static final ObjectMapper JSON = new ObjectMapper();

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
                // Not as a batch: a driver's failure of a batch may have the values in its message.
                insert.executeUpdate();
            }
        }
    }

    /** Locks the first shards from one on and before another that have rows and that nobody else has locked. */
    static List<Integer> lockShards(Connection connection, int from, int before, int most) throws SQLException {
        // Only shards with rows: locking the others would cost a round trip each. In the order of the primary key, and
        // by
        // a subquery with a limit, which is no join, else MariaDB would lock shards that it does not return.
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT s.shard FROM messaging_outbox_shard s WHERE s.shard >= ? AND s.shard < ?"
                        + " AND (SELECT o.shard FROM messaging_outbox o WHERE "
                        + SqlDialect.of(connection).firstOfShard() + " LIMIT 1) = s.shard"
                        + " ORDER BY s.shard LIMIT " + most + " FOR UPDATE SKIP LOCKED")) {
            select.setInt(1, from);
            select.setInt(2, before);
            List<Integer> shards = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    shards.add(rows.getInt(1));
                }
            }
            return shards;
        }
    }

    static void delete(Connection connection, List<Long> ids) throws SQLException {
        if (ids.isEmpty()) {
            return;
        }
        if (SqlDialect.of(connection) == SqlDialect.POSTGRESQL) {
            deleteTogether(connection, ids);
        } else {
            deleteEach(connection, ids);
        }
    }

    private static void deleteTogether(Connection connection, List<Long> ids) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM messaging_outbox WHERE id = ANY (?)")) {
            delete.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
            delete.executeUpdate();
        }
    }

    /** One by one: for a list MariaDB may read the whole table, and wait there for rows that others have locked. */
    private static void deleteEach(Connection connection, List<Long> ids) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM messaging_outbox WHERE id = ?")) {
            for (long id : ids) {
                delete.setLong(1, id);
                delete.addBatch();
            }
            delete.executeBatch();
        }
    }

    /** Fails if a shard is missing, for nobody could lock it, and its rows would wait for ever without a word. */
    static void checkShards(Connection connection) throws SQLException {
        try (PreparedStatement count = connection.prepareStatement(
                        "SELECT count(*) FROM messaging_outbox_shard WHERE shard >= 0 AND shard < " + SHARDS);
                ResultSet rows = count.executeQuery()) {
            rows.next();
            int found = rows.getInt(1);
            if (found < SHARDS) {
                throw new OutboxException(
                        "The table messaging_outbox_shard has " + found + " of its " + SHARDS + " rows, 0 to "
                                + (SHARDS - 1) + ": messages of the missing ones are not published; insert them again",
                        null);
            }
        }
    }

    /** Says that of these events one form has arrived, so that the others need no queue. */
    static void unroute(Connection connection, List<Integer> shards, Collection<OutboxRow.Event> events)
            throws SQLException {
        Map<String, List<String>> byExchange = events.stream()
                .collect(Collectors.groupingBy(
                        OutboxRow.Event::exchange, Collectors.mapping(OutboxRow.Event::id, Collectors.toList())));
        for (Map.Entry<String, List<String>> one : byExchange.entrySet()) {
            unroute(connection, shards, one.getKey(), one.getValue());
        }
    }

    private static void unroute(Connection connection, List<Integer> shards, String exchange, List<String> events)
            throws SQLException {
        // Read first, which waits for nobody: an update by this condition would wait for rows that are not committed.
        try (PreparedStatement select = connection.prepareStatement("SELECT id FROM messaging_outbox WHERE shard IN ("
                        + marks(shards.size()) + ") AND parked = false AND route = '" + RouteRequirement.ANY
                        + "' AND exchange = ? AND event_id IN (" + marks(events.size()) + ")");
                PreparedStatement update = connection.prepareStatement(
                        "UPDATE messaging_outbox SET route = '" + RouteRequirement.NONE + "' WHERE id = ?")) {
            int i = 1;
            for (int shard : shards) {
                select.setInt(i++, shard);
            }
            select.setString(i++, exchange);
            for (String event : events) {
                select.setString(i++, event);
            }
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    update.setLong(1, rows.getLong(1));
                    update.executeUpdate();
                }
            }
        }
    }

    private static String marks(int count) {
        return String.join(",", Collections.nCopies(count, "?"));
    }

    static void postpone(Connection connection, long id, Instant next, String error) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE messaging_outbox"
                + " SET attempts = attempts + 1, next_attempt_at = ?, last_error = ? WHERE id = ?")) {
            update.setObject(1, SqlDialect.of(connection).time(next));
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

    private static String write(Map<String, String> headers) {
        try {
            return JSON.writeValueAsString(headers);
        } catch (JsonProcessingException e) {
            throw new OutboxException("The headers of a message could not be written as JSON", e);
        }
    }
}
