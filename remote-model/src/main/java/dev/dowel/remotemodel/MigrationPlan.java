package dev.dowel.remotemodel;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;

/**
 * Which side a {@link MigratingRepository} reads and which it writes. The usual way goes from {@link #local()} over {@link
 * #dualWrite()}, {@link #shadow()}, {@link #live()} and {@link #rampDown()} to {@link #remote()}, and back by the same
 * steps. Immutable.
 */
public final class MigrationPlan {

    /** Who answers a read. */
    public enum Reads {

        /** The local side. */
        LOCAL,

        /** The local side; the remote one is asked afterwards and compared. */
        SHADOW_REMOTE,

        /** The remote side; the local one is asked afterwards and compared. */
        SHADOW_LOCAL,

        /** The remote side. */
        REMOTE,

        /** The remote side for a share of the keys, the local side for the others. */
        PERCENTAGE
    }

    /** Who carries out a write; of two the first is the authority. */
    public enum Writes {

        /** The local side only. */
        LOCAL,

        /** The local side, then the remote one. */
        LOCAL_THEN_REMOTE,

        /** The remote side, then the local one. */
        REMOTE_THEN_LOCAL,

        /** The remote side only. */
        REMOTE
    }

    private final Reads reads;
    private final Writes writes;
    private final double percentage;
    private final boolean sharedStore;

    private MigrationPlan(Builder options) {
        this.reads = options.reads;
        this.writes = options.writes;
        this.percentage = options.percentage;
        this.sharedStore = options.sharedStore;
    }

    /**
     * Returns the plan before the move: everything is local.
     *
     * @return the plan
     */
    public static MigrationPlan local() {
        return builder(Reads.LOCAL, Writes.LOCAL).build();
    }

    /**
     * Returns the plan that reads locally and writes locally, then remotely.
     *
     * @return the plan
     */
    public static MigrationPlan dualWrite() {
        return builder(Reads.LOCAL, Writes.LOCAL_THEN_REMOTE).build();
    }

    /**
     * Returns the plan that reads locally, compares with the remote side, and writes locally, then remotely.
     *
     * @return the plan
     */
    public static MigrationPlan shadow() {
        return builder(Reads.SHADOW_REMOTE, Writes.LOCAL_THEN_REMOTE).build();
    }

    /**
     * Returns the plan that reads remotely, compares with the local side, and writes remotely, then locally.
     *
     * @return the plan
     */
    public static MigrationPlan live() {
        return builder(Reads.SHADOW_LOCAL, Writes.REMOTE_THEN_LOCAL).build();
    }

    /**
     * Returns the plan that reads remotely and writes remotely, then locally, so that one can still go back.
     *
     * @return the plan
     */
    public static MigrationPlan rampDown() {
        return builder(Reads.REMOTE, Writes.REMOTE_THEN_LOCAL).build();
    }

    /**
     * Returns the plan after the move: everything is remote.
     *
     * @return the plan
     */
    public static MigrationPlan remote() {
        return builder(Reads.REMOTE, Writes.REMOTE).build();
    }

    /**
     * Returns the plan that reads a share of the keys remotely and the others locally.
     *
     * @param percent the share that is remote, 0 to 100, with at most two decimals; a larger one only adds keys
     * @param writes who writes; both sides, unless all keys are read on one
     * @return the plan
     * @throws IllegalArgumentException when out of range, or when some reads would not see the writes
     */
    public static MigrationPlan percentage(double percent, Writes writes) {
        return builder(Reads.PERCENTAGE, writes).percentage(percent).build();
    }

    /**
     * Returns the plan that reads remotely and writes locally, for two sides with one database.
     *
     * @return the plan
     */
    public static MigrationPlan readRemoteWriteLocal() {
        return builder(Reads.REMOTE, Writes.LOCAL).sharedStore(true).build();
    }

    /**
     * Starts a plan of one's own.
     *
     * @param reads who reads
     * @param writes who writes
     * @return the options
     */
    public static Builder builder(Reads reads, Writes writes) {
        return new Builder(Objects.requireNonNull(reads, "reads"), Objects.requireNonNull(writes, "writes"));
    }

    /**
     * Returns who answers a read.
     *
     * @return the mode
     */
    public Reads reads() {
        return reads;
    }

    /**
     * Returns who carries out a write.
     *
     * @return the mode
     */
    public Writes writes() {
        return writes;
    }

    /** Tells whether the local side has what was written. */
    boolean isLocalWritten() {
        return sharedStore || writes != Writes.REMOTE;
    }

    boolean isShadowed() {
        return reads == Reads.SHADOW_LOCAL || reads == Reads.SHADOW_REMOTE;
    }

    /** Tells whether reads of every key go the same way, and so those without a key. */
    boolean isSameForAll() {
        return reads != Reads.PERCENTAGE || percentage == 0 || percentage == 100;
    }

    /** Tells whether a read of this key is remote. The same key always gets the same answer from the same share. */
    boolean isRemote(String salt, String key) {
        return switch (reads) {
            case LOCAL, SHADOW_REMOTE -> false;
            case REMOTE, SHADOW_LOCAL -> true;
            case PERCENTAGE -> bucket(salt + key) < Math.round(percentage * 100);
        };
    }

    static long bucket(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Integer.toUnsignedLong(ByteBuffer.wrap(digest).getInt()) % 10_000;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Returns who reads and who writes. */
    @Override
    public String toString() {
        String share = reads == Reads.PERCENTAGE ? " " + percentage + " %" : "";
        return "MigrationPlan[reads " + reads + share + ", writes " + writes + (sharedStore ? ", shared store]" : "]");
    }

    /** The options of a {@link MigrationPlan}. Not safe for use by several threads. */
    public static final class Builder {

        private final Reads reads;
        private final Writes writes;
        private double percentage;
        private boolean sharedStore;

        private Builder(Reads reads, Writes writes) {
            this.reads = reads;
            this.writes = writes;
        }

        /**
         * Sets the share of the keys that is read remotely, for {@link Reads#PERCENTAGE}.
         *
         * @param percent 0 to 100, with at most two decimals; 0 by default
         * @return this
         * @throws IllegalArgumentException when out of range
         */
        public Builder percentage(double percent) {
            if (!(percent >= 0 && percent <= 100)) {
                throw new IllegalArgumentException("percent must be 0 to 100 but is " + percent);
            }
            this.percentage = percent;
            return this;
        }

        /**
         * Says that both sides have one database, so that a write on either is seen by both.
         *
         * @param shared false by default
         * @return this
         */
        public Builder sharedStore(boolean shared) {
            this.sharedStore = shared;
            return this;
        }

        /**
         * Builds the plan.
         *
         * @return the plan
         * @throws IllegalArgumentException when reads would not see the writes and the store is not shared, or when it is
         *     shared and would be written twice
         */
        public MigrationPlan build() {
            boolean both = writes == Writes.LOCAL_THEN_REMOTE || writes == Writes.REMOTE_THEN_LOCAL;
            if (sharedStore && both) {
                throw new IllegalArgumentException("a shared store would be written twice; write one side");
            }
            boolean remote = reads != Reads.LOCAL && (reads != Reads.PERCENTAGE || percentage > 0);
            boolean local = reads != Reads.REMOTE && (reads != Reads.PERCENTAGE || percentage < 100);
            boolean unseen = (remote && writes == Writes.LOCAL) || (local && writes == Writes.REMOTE);
            if (unseen && !sharedStore) {
                throw new IllegalArgumentException("reads " + reads + " do not see writes " + writes
                        + "; write both sides, or say sharedStore(true) if they have one database");
            }
            return new MigrationPlan(this);
        }
    }
}
