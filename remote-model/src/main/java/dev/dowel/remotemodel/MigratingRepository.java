package dev.dowel.remotemodel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A local and a remote repository as one, while the entities move from the one to the other. A {@link MigrationPlan}, which
 * may change while the program runs, says which side reads and which writes.
 *
 * <p><b>Plan.</b> It is asked for once per {@link RequestContext} and stays for that request; without a context at every
 * call. After a write in a request, its reads of this repository stay on the side that was written first. When the source
 * of the plan fails, the last plan stays.
 *
 * <p><b>Percentage.</b> A read is remote when the first four bytes of SHA-256 of salt and key, modulo 10,000, are below 100
 * times the percentage. The key is the entity's id unless {@link Builder#stickyBy} gives another; a list has no id, so by
 * ids {@code filter} is local until the percentage is 100.
 *
 * <p><b>Shadow reads.</b> After a read was answered, the other side is asked the same on another thread with the request's
 * headers, without its cache and without retries, and the answers are compared as JSON. What the local side served is read
 * once more there, outside of the caller's transaction; what the remote side served is written as JSON on the caller's
 * thread, which is all that a caller waits for. Suppliers of tokens and entity managers are asked on the shadow's thread,
 * which inherits nothing. A difference is looked at once more before it is reported, as paths without values. Neither the
 * other side nor the comparison can fail the caller: what finds no free place is dropped and reported. Of a list the first
 * page is compared; give it an order.
 *
 * <p><b>Dual writes.</b> The first side is the authority: its failure is the caller's and the second is left alone; its
 * answer is returned, and a creation or replacement passes that answer on, so both sides have the same id. A failure of
 * the second is reported and nothing else: the caller, who waits for both, sees no failure and nothing is undone. A local side that takes part in
 * the caller's transaction can spoil that transaction, so as second it should have its own.
 *
 * <p>Instances are safe for use by several threads. {@link #close()} ends the shadow reads; the sides stay open.
 *
 * @param <T> the entity
 * @param <ID> its identifier
 */
public final class MigratingRepository<T, ID> implements Repository<T, ID>, AutoCloseable {

    /** What happens when the remote side does not answer a read. */
    public enum OnRemoteFailure {

        /** The failure is the caller's. */
        FAIL,

        /**
         * The local side answers, and the listener hears of it. Only when the remote side could not be asked, answered 408,
         * 429 or 5xx or could not be understood: what it refuses stays refused. Not after a write in the same request, and
         * not when writes no longer reach the local side.
         */
        FALLBACK_LOCAL
    }

    private final String name;
    private final Sides<T, ID> sides;
    private final Shadows shadows;
    private final MigratedReads<T, ID> reads;
    private final MigratedWrites<T, ID> writes;

    private MigratingRepository(Builder<T, ID> options) {
        this.name = options.name;
        IdCodec<ID> codec = options.ids;
        IdPolicy idPolicy = options.idPolicy;
        Function<ID, String> ids = id -> codec.checked(id, idPolicy);
        Pins pins = new Pins(name, options.plans);
        this.sides = new Sides<>(options.local, options.remote, pins, options.key, options.salt);
        MigrationListener listener = new MigrationListeners(
                options.listeners.isEmpty() ? List.of(MigrationListener.logging()) : List.copyOf(options.listeners));
        Comparison comparison =
                new Comparison(options.json, Set.copyOf(options.ignored), options.tolerance, !options.unordered);
        this.shadows = new Shadows(
                name,
                comparison,
                listener,
                options.shadowDeadline,
                options.recheckAfter,
                options.shadowThreads + options.shadowQueue,
                options.engine != null ? options.engine : new Shadows.Threads(name, options.shadowThreads));
        this.reads = new MigratedReads<>(name, sides, ids, comparison, shadows, options.onRemoteFailure, listener);
        this.writes = new MigratedWrites<>(name, sides, ids, options.idOf, listener);
    }

    /**
     * Starts the options of a repository.
     *
     * @param <T> the entity
     * @param <ID> its identifier
     * @param name the entity's name for the listener, logs and the salt, such as {@code books}
     * @param local where the entities are before the move
     * @param remote where they are after it
     * @param ids how their ids are written
     * @return the options
     */
    public static <T, ID> Builder<T, ID> builder(
            String name, Repository<T, ID> local, Repository<T, ID> remote, IdCodec<ID> ids) {
        return new Builder<>(name, local, remote, ids);
    }

    @Override
    public Optional<T> find(ID id) {
        return reads.find(id);
    }

    @Override
    public T get(ID id) {
        return reads.get(id);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Asks each side for its own where a percentage by id divides them.
     */
    @Override
    public Map<ID, T> getAll(Collection<ID> ids) {
        return reads.getAll(ids);
    }

    /**
     * {@inheritDoc}
     *
     * <p>The following pages come from the side that gave the first.
     */
    @Override
    public Page<T> filter(Query query) {
        return reads.filter(Objects.requireNonNull(query, "query"));
    }

    @Override
    public T create(T entity) {
        return writes.create(Objects.requireNonNull(entity, "entity"));
    }

    @Override
    public T update(ID id, T entity) {
        return writes.update(id, Objects.requireNonNull(entity, "entity"));
    }

    @Override
    public T patch(ID id, Patch patch) {
        return writes.patch(id, Objects.requireNonNull(patch, "patch"));
    }

    @Override
    public boolean delete(ID id) {
        return writes.delete(id);
    }

    /** Ends the shadow reads at once and makes no more; everything else goes on. Closing twice does nothing. */
    @Override
    public void close() {
        shadows.close();
    }

    /** Returns the name and the two sides. */
    @Override
    public String toString() {
        return "MigratingRepository[" + name + ": " + sides + "]";
    }

    /**
     * The options of a {@link MigratingRepository}. Not safe for use by several threads.
     *
     * @param <T> the entity
     * @param <ID> its identifier
     */
    public static final class Builder<T, ID> {

        private final String name;
        private final Repository<T, ID> local;
        private final Repository<T, ID> remote;
        private final IdCodec<ID> ids;
        private final Set<String> ignored = new LinkedHashSet<>();
        private Supplier<MigrationPlan> plans = MigrationPlan::local;
        private String salt;
        private IdPolicy idPolicy = IdPolicy.STRICT;
        private JsonCodec json = JsonCodec.jackson2();
        private final List<MigrationListener> listeners = new ArrayList<>();
        private OnRemoteFailure onRemoteFailure = OnRemoteFailure.FAIL;
        private double tolerance;
        private boolean unordered;
        private int shadowThreads = 2;
        private int shadowQueue = 100;
        private Duration shadowDeadline = Duration.ofSeconds(2);
        private Duration recheckAfter = Duration.ofSeconds(1);

        private @Nullable Supplier<String> key;
        private @Nullable Function<? super T, ? extends @Nullable ID> idOf;
        private Shadows.@Nullable Engine engine;

        private Builder(String name, Repository<T, ID> local, Repository<T, ID> remote, IdCodec<ID> ids) {
            this.name = Objects.requireNonNull(name, "name");
            this.local = Objects.requireNonNull(local, "local");
            this.remote = Objects.requireNonNull(remote, "remote");
            this.ids = Objects.requireNonNull(ids, "ids");
            this.salt = name;
        }

        /**
         * Sets where the plan comes from, such as a feature flag. Repositories with the same source, which is the same
         * {@code Supplier} object, have the same plan within a request; {@code plan::get} written twice is two sources.
         *
         * @param source gives the plan of the moment; {@link MigrationPlan#local()} by default
         * @return this
         */
        public Builder<T, ID> plan(Supplier<MigrationPlan> source) {
            this.plans = Objects.requireNonNull(source, "source");
            return this;
        }

        /**
         * Sets which ids are refused, as {@link RemoteModel.Builder#idPolicy} does.
         *
         * @param policy {@link IdPolicy#STRICT} by default
         * @return this
         */
        public Builder<T, ID> idPolicy(IdPolicy policy) {
            this.idPolicy = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /**
         * Sets how to read an entity's id, so that the listener can be told which creation failed on the second side.
         *
         * @param extractor gives the id of an entity
         * @return this
         */
        public Builder<T, ID> id(Function<? super T, ? extends @Nullable ID> extractor) {
            this.idOf = Objects.requireNonNull(extractor, "extractor");
            return this;
        }

        /**
         * Sets by what a percentage divides, such as the user or the tenant of the request, instead of the entity's id.
         *
         * @param source gives the key on the calling thread
         * @return this
         */
        public Builder<T, ID> stickyBy(Supplier<String> source) {
            this.key = Objects.requireNonNull(source, "source");
            return this;
        }

        /**
         * Sets what makes a percentage choose other keys than elsewhere; the same salt chooses the same keys.
         *
         * @param text the name by default
         * @return this
         */
        public Builder<T, ID> salt(String text) {
            this.salt = Objects.requireNonNull(text, "text");
            return this;
        }

        /**
         * Sets what happens when the remote side does not answer a read.
         *
         * @param reaction {@link OnRemoteFailure#FAIL} by default
         * @return this
         */
        public Builder<T, ID> onRemoteFailure(OnRemoteFailure reaction) {
            this.onRemoteFailure = Objects.requireNonNull(reaction, "reaction");
            return this;
        }

        /**
         * Adds one who hears how the migration goes.
         *
         * @param events with none at all it is {@link MigrationListener#logging()}
         * @return this
         */
        public Builder<T, ID> listener(MigrationListener events) {
            listeners.add(Objects.requireNonNull(events, "events"));
            return this;
        }

        /**
         * Leaves parts of an entity out of the comparison.
         *
         * @param paths such as {@code updatedAt}, {@code author.name} or {@code lines[].price}
         * @return this
         */
        public Builder<T, ID> ignore(String... paths) {
            ignored.addAll(List.of(paths));
            return this;
        }

        /**
         * Sets by how much numbers may differ.
         *
         * @param difference 0 by default
         * @return this
         * @throws IllegalArgumentException when negative or not finite
         */
        public Builder<T, ID> tolerance(double difference) {
            if (!(difference >= 0) || Double.isInfinite(difference)) {
                throw new IllegalArgumentException("tolerance must not be negative but is " + difference);
            }
            this.tolerance = difference;
            return this;
        }

        /**
         * Compares lists without regard to their order, those in entities and those of entities. Elements are paired by their
         * content, so ignore what always differs.
         *
         * @return this
         */
        public Builder<T, ID> ignoreOrder() {
            this.unordered = true;
            return this;
        }

        /**
         * Sets how entities are written for the comparison.
         *
         * @param codec {@link JsonCodec#jackson2()} by default, which does not know {@code java.time}: entities with such
         *     fields need {@code JsonCodec.jackson2(mapper)} with the mapper of the service
         * @return this
         */
        public Builder<T, ID> json(JsonCodec codec) {
            this.json = Objects.requireNonNull(codec, "codec");
            return this;
        }

        /**
         * Sets how many shadow reads are made at once and how many may wait; what comes on top is dropped.
         *
         * @param threads 2 by default
         * @param waiting 100 by default, those that wait for their second look included
         * @return this
         * @throws IllegalArgumentException when there is no thread or {@code waiting} is negative
         */
        public Builder<T, ID> shadowLimits(int threads, int waiting) {
            if (threads < 1 || waiting < 0) {
                throw new IllegalArgumentException("threads must be positive and waiting not negative");
            }
            this.shadowThreads = threads;
            this.shadowQueue = waiting;
            return this;
        }

        /**
         * Sets how long a shadow read may take and when a difference is looked at again.
         *
         * @param deadline from the answer to the caller until the comparison, 2 s by default; then it is interrupted
         * @param recheckAfter until the second look, 1 s by default
         * @return this
         * @throws IllegalArgumentException when one is not positive
         */
        public Builder<T, ID> shadowTimes(Duration deadline, Duration recheckAfter) {
            if (deadline.isZero() || deadline.isNegative() || recheckAfter.isZero() || recheckAfter.isNegative()) {
                throw new IllegalArgumentException("deadline and recheckAfter must be positive");
            }
            this.shadowDeadline = deadline;
            this.recheckAfter = recheckAfter;
            return this;
        }

        Builder<T, ID> engine(Shadows.@Nullable Engine replacement) {
            this.engine = replacement;
            return this;
        }

        /**
         * Builds the repository. Threads are started when a shadow read needs them and end when there is none for a while.
         *
         * @return the repository
         */
        public MigratingRepository<T, ID> build() {
            return new MigratingRepository<>(this);
        }
    }
}
