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
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is due in some shards, oldest first, as much of it as may be in memory at once.
 *
 * @param rows what can be sent
 * @param unreadable why other rows cannot, by their numbers
 * @param more whether more is due
 */
record DueRows(List<OutboxRow> rows, Map<Long, String> unreadable, boolean more) {
    /** Of headers and bodies; the first row counts as little as it must, for it may be larger. */
    static final long MOST_BYTES = 8L * 1024 * 1024;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {};

    static DueRows of(Connection connection, List<Integer> shards, int limit, Instant now) throws SQLException {
        List<Long> ids = new ArrayList<>();
        long bytes = 0;
        boolean more = false;
        for (int i = 0; i < shards.size(); i++) {
            // What one does not need is left to those after it.
            int left = shards.size() - i;
            int share = Math.max(1, (limit - ids.size()) / left);
            Numbers numbers =
                    numbers(connection, shards.get(i), share, (MOST_BYTES - bytes) / left, ids.isEmpty(), now);
            ids.addAll(numbers.ids);
            bytes += numbers.bytes;
            more |= numbers.more;
        }
        List<OutboxRow> rows = new ArrayList<>();
        Map<Long, String> unreadable = new LinkedHashMap<>();
        if (!ids.isEmpty()) {
            read(connection, ids, rows, unreadable);
        }
        return new DueRows(rows, unreadable, more);
    }

    private record Numbers(List<Long> ids, long bytes, boolean more) {}

    /**
     * Finds the rows without reading them. A key waits behind its oldest row that is not due yet, except that the forms of
     * one event do not wait for each other where no other event is between them.
     */
    private static Numbers numbers(
            Connection connection, int shard, int limit, long mostBytes, boolean oneAnyway, Instant now)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT id, octet_length(headers) + octet_length(body) FROM messaging_outbox o"
                        + " WHERE shard = ? AND parked = false AND (next_attempt_at IS NULL OR next_attempt_at <= ?)"
                        + " AND (ordering_key IS NULL OR NOT EXISTS (SELECT 1 FROM messaging_outbox e"
                        + " WHERE e.shard = o.shard AND e.ordering_key = o.ordering_key AND e.id < o.id"
                        + " AND e.parked = false AND e.next_attempt_at > ?"
                        + " AND (e.event_id <> o.event_id OR e.exchange <> o.exchange"
                        + " OR EXISTS (SELECT 1 FROM messaging_outbox m WHERE m.shard = o.shard"
                        + " AND m.ordering_key = o.ordering_key AND m.id > e.id AND m.id < o.id AND m.parked = false"
                        + " AND (m.event_id <> o.event_id OR m.exchange <> o.exchange)))))"
                        + " ORDER BY id LIMIT " + limit)) {
            SqlDialect dialect = SqlDialect.of(connection);
            select.setInt(1, shard);
            select.setObject(2, dialect.time(now));
            select.setObject(3, dialect.time(now));
            List<Long> ids = new ArrayList<>();
            long bytes = 0;
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    long more = rows.getLong(2);
                    if (bytes + more > mostBytes && !(oneAnyway && ids.isEmpty())) {
                        return new Numbers(ids, bytes, true);
                    }
                    bytes += more;
                    ids.add(rows.getLong(1));
                }
            }
            return new Numbers(ids, bytes, ids.size() == limit);
        }
    }

    private static void read(Connection connection, List<Long> ids, List<OutboxRow> due, Map<Long, String> unreadable)
            throws SQLException {
        String list = ids.stream().map(String::valueOf).collect(Collectors.joining(","));
        try (Statement select = connection.createStatement();
                ResultSet rows = select.executeQuery(
                        "SELECT id, message_id, event_id, exchange, type, routing_key, ordering_key, correlation_id,"
                                + " content_type, headers, body, route, attempts FROM messaging_outbox WHERE id IN ("
                                + list + ") ORDER BY id")) {
            while (rows.next()) {
                try {
                    due.add(read(rows));
                } catch (RuntimeException e) {
                    unreadable.put(rows.getLong(1), "The row cannot be read: " + e.getMessage());
                }
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

    private static Map<String, String> readHeaders(String json) {
        try {
            return JSON.readValue(json, HEADERS);
        } catch (JsonProcessingException e) {
            throw new OutboxException("The headers of a row in the outbox are not JSON", null);
        }
    }
}
