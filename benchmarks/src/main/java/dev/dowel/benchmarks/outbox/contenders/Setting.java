package dev.dowel.benchmarks.outbox.contenders;

import dev.dowel.benchmarks.messaging.contenders.Tally;
import java.net.URI;
import javax.sql.DataSource;

/**
 * Where a contender works.
 *
 * @param database a fresh one, with a pool of connections
 * @param uri where the broker is
 * @param exchange what to publish to
 * @param size how many bytes a body has
 * @param tally what counts the rows that are published and out of the table
 */
public record Setting(DataSource database, URI uri, String exchange, int size, Tally tally) {

    /** How many messages may be unconfirmed, and how many rows a batch has. */
    static final int BATCH = 500;
}
