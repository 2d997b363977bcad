package dev.dowel.messaging.outbox;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import javax.sql.DataSource;

/** Looks how an outbox is. */
final class HealthCheck {
    private static final int LONGEST_LINE = 500;

    private HealthCheck() {}

    static OutboxHealth of(DataSource database, Relay relay) {
        try (WorkConnection connection = WorkConnection.open(database)) {
            Optional<Instant> oldest = OutboxState.oldest(connection.get());
            Instant now = Instant.now();
            return new OutboxHealth(
                    OptionalLong.of(OutboxState.pending(connection.get())),
                    oldest.map(time -> time.isBefore(now) ? Duration.between(time, now) : Duration.ZERO),
                    OptionalLong.of(OutboxState.parked(connection.get())),
                    relay.running(),
                    relay.lastFailure().map(HealthCheck::line));
        } catch (SQLException | RuntimeException e) {
            return new OutboxHealth(
                    OptionalLong.empty(),
                    Optional.empty(),
                    OptionalLong.empty(),
                    relay.running(),
                    Optional.of(line(relay.lastFailure().orElse(e))));
        }
    }

    /** Databases say more in further lines, among them values of rows. */
    private static String line(Throwable e) {
        String first = e.toString().lines().findFirst().orElse("");
        return first.length() > LONGEST_LINE ? first.substring(0, LONGEST_LINE) : first;
    }
}
