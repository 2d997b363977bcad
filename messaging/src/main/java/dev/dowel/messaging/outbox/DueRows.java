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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
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

    /**
     * Finds the due rows of a shard. A key waits behind its oldest row that is not due yet, except that the forms of one event do
     * not wait for each other where no other event is between them.
     */
    private static final String DUE =
            "SELECT o.shard, o.id, octet_length(o.headers) + octet_length(o.body) FROM messaging_outbox o"
                    + " WHERE o.shard = ? AND o.parked = false AND (o.next_attempt_at IS NULL OR o.next_attempt_at <= ?)"
                    + " AND (o.ordering_key IS NULL OR NOT EXISTS (SELECT 1 FROM messaging_outbox e"
                    + " WHERE e.shard = o.shard AND e.ordering_key = o.ordering_key AND e.id < o.id"
                    + " AND e.parked = false AND e.next_attempt_at > ?"
                    + " AND (e.event_id <> o.event_id OR e.exchange <> o.exchange"
                    + " OR EXISTS (SELECT 1 FROM messaging_outbox m WHERE m.shard = o.shard"
                    + " AND m.ordering_key = o.ordering_key AND m.id > e.id AND m.id < o.id AND m.parked = false"
                    + " AND (m.event_id <> o.event_id OR m.exchange <> o.exchange)))))";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {};

    static DueRows of(Connection connection, List<Integer> shards, int limit, Instant now) throws SQLException {
        int share = Math.max(1, limit / shards.size());
        List<Found> found = find(connection, shards, share, now);
        List<Long> ids = new ArrayList<>();
        long bytes = 0;
        for (Found row : found) {
            bytes += row.bytes();
            if (bytes > MOST_BYTES && !ids.isEmpty()) {
                break;
            }
            ids.add(row.id());
        }
        boolean more = ids.size() < found.size() || anyShardHas(share, found);
        List<OutboxRow> rows = new ArrayList<>();
        Map<Long, String> unreadable = new LinkedHashMap<>();
        if (!ids.isEmpty()) {
            read(connection, ids, rows, unreadable);
        }
        return new DueRows(rows, unreadable, more);
    }

    /** A row that is due and was not read. */
    private record Found(int shard, long id, long bytes) {}

    private static boolean anyShardHas(int rows, List<Found> found) {
        return found.stream()
                .collect(Collectors.groupingBy(Found::shard, Collectors.counting()))
                .containsValue((long) rows);
    }

    /** Finds rows of each shard, at most so many of each. */
    private static List<Found> find(Connection connection, List<Integer> shards, int share, Instant now)
            throws SQLException {
        String one = DUE + " ORDER BY o.id LIMIT " + share;
        String all = shards.size() == 1
                ? one
                : "(" + String.join(") UNION ALL (", Collections.nCopies(shards.size(), one)) + ") ORDER BY id";
        SqlDialect dialect = SqlDialect.of(connection);
        try (PreparedStatement select = connection.prepareStatement(all)) {
            int i = 1;
            for (int shard : shards) {
                select.setInt(i++, shard);
                select.setObject(i++, dialect.time(now));
                select.setObject(i++, dialect.time(now));
            }
            List<Found> found = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.add(new Found(rows.getInt(1), rows.getLong(2), rows.getLong(3)));
                }
            }
            return found;
        }
    }

    private static void read(Connection connection, List<Long> ids, List<OutboxRow> due, Map<Long, String> unreadable)
            throws SQLException {
        boolean array = SqlDialect.of(connection) == SqlDialect.POSTGRESQL;
        String among = array ? "= ANY (?)" : "IN (" + String.join(",", Collections.nCopies(ids.size(), "?")) + ")";
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT id, message_id, event_id, exchange, type, routing_key, ordering_key, correlation_id,"
                        + " content_type, headers, body, route, attempts FROM messaging_outbox WHERE id " + among
                        + " ORDER BY id")) {
            if (array) {
                select.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
            } else {
                for (int i = 0; i < ids.size(); i++) {
                    select.setLong(i + 1, ids.get(i));
                }
            }
            read(select, due, unreadable);
        }
    }

    private static void read(PreparedStatement select, List<OutboxRow> due, Map<Long, String> unreadable)
            throws SQLException {
        try (ResultSet rows = select.executeQuery()) {
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
