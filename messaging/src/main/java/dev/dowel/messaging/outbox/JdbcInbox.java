package dev.dowel.messaging.outbox;

import dev.dowel.messaging.Inbox;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * An inbox in the table {@code messaging_inbox}: the id is written as the first statement of the handler's transaction,
 * so the handler's own writes and the memory of it commit together. From the first message on a thread of its own
 * forgets what is older than the retention. Safe for use by several threads and instances.
 */
public final class JdbcInbox implements Inbox, AutoCloseable {
    private static final int LONGEST_CONSUMER = 255;
    private static final int LONGEST_ID = 64;
    private static final char UNSTORABLE = '\0';
    private static final int MOST_ATTEMPTS = 5;
    /** The class of SQL states for transactions that the database gave up: serialization, deadlock. */
    private static final String GIVEN_UP = "40";

    private final DataSource database;
    private final InboxCleaning cleaning;

    private JdbcInbox(Builder builder) {
        this.database = builder.database;
        this.cleaning = new InboxCleaning(database, builder.retention);
    }

    /**
     * Makes an inbox that remembers ids for 7 days.
     *
     * @param database the service's own database, with the tables of {@link OutboxSchema}
     * @return the inbox
     */
    public static JdbcInbox of(DataSource database) {
        return builder(database).build();
    }

    /**
     * Starts to build.
     *
     * @param database the service's own database, with the tables of {@link OutboxSchema}
     * @return a builder that needs nothing more
     */
    public static Builder builder(DataSource database) {
        return new Builder(database);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Ids come from publishers. One of more than 64 characters, or with one that a database cannot store, is remembered
     * by its SHA-256.
     *
     * @throws IllegalArgumentException if the consumer has more than 255 characters
     */
    @Override
    public boolean once(String consumer, String id, Work work) throws Exception {
        // A database that is not strict would cut it, and two consumers could become one.
        if (consumer.length() > LONGEST_CONSUMER) {
            throw new IllegalArgumentException("The inbox takes a consumer of at most " + LONGEST_CONSUMER
                    + " characters, not " + consumer.length());
        }
        String stored = stored(id);
        cleaning.start();
        for (int attempt = 1; ; attempt++) {
            try {
                return Transaction.run(database, connection -> {
                    boolean first = remember(connection, consumer, stored);
                    if (first) {
                        work.run(connection);
                    }
                    return first;
                });
            } catch (Undecided e) {
                if (attempt == MOST_ATTEMPTS) {
                    throw e.failure;
                }
            }
        }
    }

    private static String stored(String id) {
        if (id.length() <= LONGEST_ID && id.indexOf(UNSTORABLE) < 0) {
            return id;
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            return "sha256:" + Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private static boolean remember(Connection connection, String consumer, String id) throws SQLException, Undecided {
        SqlDialect dialect = SqlDialect.of(connection);
        try (PreparedStatement insert = connection.prepareStatement(dialect.remember())) {
            insert.setString(1, consumer);
            insert.setString(2, id);
            return insert.executeUpdate() > 0;
        } catch (SQLException e) {
            if (dialect.duplicate(e)) {
                return false;
            }
            if (e.getSQLState() != null && e.getSQLState().startsWith(GIVEN_UP)) {
                throw new Undecided(e);
            }
            throw e;
        }
    }

    /** The database gave up before the handler ran, so the same can be tried again. */
    private static final class Undecided extends Exception {
        private static final long serialVersionUID = 1L;
        /** What the database said. */
        private final SQLException failure;

        Undecided(SQLException failure) {
            super(failure);
            this.failure = failure;
        }
    }

    /**
     * Forgets ids now, in batches of 1,000 rows with a commit each. A message that comes again after its id was forgotten
     * is handled again, so keep them longer than a message can be under way.
     *
     * @param olderThan the age; a week is a good choice
     * @return how many ids were forgotten
     * @throws OutboxException if the database refuses
     */
    public long purge(Duration olderThan) {
        Instant before = Instant.now().minus(olderThan);
        long purged = 0;
        try {
            int deleted;
            do {
                deleted = InboxCleaning.batch(database, before);
                purged += deleted;
            } while (deleted == InboxCleaning.BATCH);
            return purged;
        } catch (SQLException e) {
            throw new OutboxException("The inbox could not be purged", e);
        }
    }

    /** Stops to forget ids in the background; the inbox itself stays usable. Does nothing the second time. */
    @Override
    public void close() {
        cleaning.close();
    }

    /** Collects options. For one thread. */
    public static final class Builder {
        private final DataSource database;
        private Duration retention = Duration.ofDays(7);

        private Builder(DataSource database) {
            this.database = Objects.requireNonNull(database, "database");
        }

        /**
         * Sets how long ids are remembered. A message that comes again later is handled again.
         *
         * @param retention 1 second to 3,650 days; default 7 days
         * @return this builder
         */
        public Builder retention(Duration retention) {
            if (retention.toMillis() < 1_000 || retention.compareTo(Duration.ofDays(3_650)) > 0) {
                throw new IllegalArgumentException("retention is 1 second to 3650 days, not " + retention);
            }
            this.retention = retention;
            return this;
        }

        /**
         * Builds.
         *
         * @return the inbox
         */
        public JdbcInbox build() {
            return new JdbcInbox(this);
        }
    }
}
