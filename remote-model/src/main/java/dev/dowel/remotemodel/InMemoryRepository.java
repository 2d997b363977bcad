package dev.dowel.remotemodel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Entities in memory with the answers of a {@link RemoteModel}: the same checks of ids, the same missing entities, lookups
 * and patches. For tests of code that knows only {@link Repository}. Entities are held as JSON, so what a caller does to
 * one it got changes nothing here.
 *
 * <p>Instances are safe for use by several threads.
 *
 * @param <T> the entity
 * @param <ID> its identifier
 */
public final class InMemoryRepository<T, ID> implements Repository<T, ID> {

    private static final String ID_FIELD = "id";

    private final Builder<T, ID> options;
    private final JsonCodec json;
    private final Faults faults;
    private final Map<String, byte[]> entities = new LinkedHashMap<>();
    private final AtomicLong sequence = new AtomicLong();

    private InMemoryRepository(Builder<T, ID> options) {
        this.options = options;
        // Not before it is needed, for programs without Jackson 2.
        this.json = options.json == null ? JsonCodec.jackson2() : options.json;
        this.faults = new Faults(options.name);
    }

    /**
     * Starts the options of a repository.
     *
     * @param <T> the entity
     * @param <ID> its identifier
     * @param type the class of one entity
     * @param ids how its ids are written
     * @param idOf gives the id of an entity
     * @return the options
     */
    public static <T, ID> Builder<T, ID> builder(
            Class<T> type, IdCodec<ID> ids, Function<? super T, ? extends @Nullable ID> idOf) {
        return new Builder<>(type, ids, idOf);
    }

    /**
     * Returns what goes wrong here, nothing at first, and how many calls there were.
     *
     * @return the faults of this repository
     */
    public Faults faults() {
        return faults;
    }

    @Override
    public Optional<T> find(ID id) {
        String key = key(id);
        return faults.meet(Operation.GET, () -> stored(key));
    }

    private Optional<T> stored(String key) {
        synchronized (entities) {
            return Optional.ofNullable(entities.get(key)).map(this::entity);
        }
    }

    @Override
    public T get(ID id) {
        return find(id).orElseThrow(() -> new EntityNotFoundException(options.name, key(id)));
    }

    @Override
    public Map<ID, T> getAll(Collection<ID> ids) {
        Map<ID, String> keys = new LinkedHashMap<>();
        ids.forEach(id -> keys.put(id, key(id)));
        Map<ID, T> found = new LinkedHashMap<>();
        if (keys.isEmpty()) {
            return Collections.unmodifiableMap(found);
        }
        return faults.meet(Operation.GET_ALL, () -> {
            keys.forEach((id, key) -> stored(key).ifPresent(entity -> found.put(id, entity)));
            return Collections.unmodifiableMap(found);
        });
    }

    @Override
    public Page<T> filter(Query query) {
        if (query.matchesNothing()) {
            return new Slice<>(List.of(), 0, 1, faults);
        }
        return faults.meet(Operation.FILTER, () -> matching(query));
    }

    private Page<T> matching(Query query) {
        List<byte[]> stored;
        synchronized (entities) {
            stored = new ArrayList<>(entities.values());
        }
        Comparator<Map<?, ?>> order = Lookups.order(query.ordering());
        List<T> all = stored.stream()
                .map(text -> new Stored(text, tree(text)))
                .filter(each -> Lookups.matches(query, each.tree))
                .sorted((x, y) -> order.compare(x.tree, y.tree))
                .map(each -> entity(each.text))
                .toList();
        return new Slice<>(all, 0, query.size().orElse(options.pageSize), faults);
    }

    @Override
    public T create(T entity) {
        Objects.requireNonNull(entity, "entity");
        return faults.meet(Operation.CREATE, () -> created(entity));
    }

    private T created(T entity) {
        T created = options.onCreate.apply(entity, sequence.incrementAndGet());
        ID id = options.idOf.apply(created);
        if (id == null) {
            throw new IllegalArgumentException("a created entity has no id; set one with onCreate(...)");
        }
        String key = key(id);
        byte[] text = encode(created);
        synchronized (entities) {
            if (entities.containsKey(key)) {
                throw RemoteResponseException.of(409, options.name + " already has an entity with id " + key);
            }
            entities.put(key, text);
        }
        return entity(text);
    }

    @Override
    public T update(ID id, T entity) {
        Objects.requireNonNull(entity, "entity");
        return change(Operation.UPDATE, id, before -> withId(tree(encode(entity)), before));
    }

    @Override
    public T patch(ID id, Patch patch) {
        Objects.requireNonNull(patch, "patch");
        Map<?, ?> changes = tree(encode(patch.document()));
        return change(Operation.PATCH, id, before -> withId(merged(before, changes), before));
    }

    @Override
    public boolean delete(ID id) {
        String key = key(id);
        return faults.meet(Operation.DELETE, () -> removed(key));
    }

    private boolean removed(String key) {
        synchronized (entities) {
            return entities.remove(key) != null;
        }
    }

    private T change(Operation operation, ID id, Function<Map<?, ?>, Map<?, ?>> change) {
        String key = key(id);
        return faults.meet(operation, () -> changed(key, change));
    }

    private T changed(String key, Function<Map<?, ?>, Map<?, ?>> change) {
        synchronized (entities) {
            byte[] before = entities.get(key);
            if (before == null) {
                throw new EntityNotFoundException(options.name, key);
            }
            byte[] after = encode(change.apply(tree(before)));
            T entity = entity(after);
            entities.put(key, after);
            return entity;
        }
    }

    /** The id stands in the URL; one in the content does not move an entity. */
    private static Map<?, ?> withId(Map<?, ?> after, Map<?, ?> before) {
        Map<Object, @Nullable Object> kept = new LinkedHashMap<>(after);
        if (before.containsKey(ID_FIELD)) {
            kept.put(ID_FIELD, before.get(ID_FIELD));
        }
        return kept;
    }

    /** RFC 7396, but null stays as null: an entity has all its fields. */
    private static Map<?, ?> merged(Map<?, ?> before, Map<?, ?> changes) {
        Map<Object, @Nullable Object> merged = new LinkedHashMap<>(before);
        changes.forEach((field, value) -> {
            boolean nested = before.get(field) instanceof Map<?, ?> && value instanceof Map<?, ?>;
            merged.put(field, nested ? merged(nested(before, field), nested(changes, field)) : value);
        });
        return merged;
    }

    private static Map<?, ?> nested(Map<?, ?> tree, Object field) {
        return tree.get(field) instanceof Map<?, ?> map ? map : Map.of();
    }

    private String key(ID id) {
        return IdText.check(options.ids.encode(Objects.requireNonNull(id, "id")), options.idPolicy);
    }

    private T entity(byte[] text) {
        return options.type.cast(decode(text, options.type));
    }

    private Map<?, ?> tree(byte[] text) {
        return (Map<?, ?>) decode(text, Map.class);
    }

    private Object decode(byte[] text, Class<?> type) {
        try {
            return json.decode(text, type);
        } catch (IOException e) {
            throw new RemoteDecodeException(options.name + " holds what does not fit: " + e.getMessage());
        }
    }

    private byte[] encode(Object value) {
        try {
            return json.encode(value);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot encode an entity of " + options.name + ": " + e.getMessage(), e);
        }
    }

    /** Returns how many entities there are. */
    @Override
    public String toString() {
        synchronized (entities) {
            return "InMemoryRepository[" + entities.size() + " of " + options.name + "]";
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Stored(byte[] text, Map<?, ?> tree) {}

    private record Slice<T>(List<T> all, int from, int size, Faults faults) implements Page<T> {

        @Override
        public List<T> items() {
            return all.subList(from, Math.min(from + size, all.size()));
        }

        @Override
        public OptionalLong count() {
            return OptionalLong.of(all.size());
        }

        @Override
        public Optional<Page<T>> next() {
            if (from + size >= all.size()) {
                return Optional.empty();
            }
            return Optional.of(faults.meet(Operation.FILTER, () -> new Slice<>(all, from + size, size, faults)));
        }

        @Override
        public String toString() {
            return "Page[" + items().size() + " of " + all.size() + "]";
        }
    }

    /**
     * The options of an {@link InMemoryRepository}. Not safe for use by several threads.
     *
     * @param <T> the entity
     * @param <ID> its identifier
     */
    public static final class Builder<T, ID> {

        private final Class<T> type;
        private final IdCodec<ID> ids;
        private final Function<? super T, ? extends @Nullable ID> idOf;
        private String name;
        private BiFunction<T, Long, T> onCreate = (entity, number) -> entity;
        private @Nullable JsonCodec json;
        private int pageSize = 100;
        private IdPolicy idPolicy = IdPolicy.STRICT;

        private Builder(Class<T> type, IdCodec<ID> ids, Function<? super T, ? extends @Nullable ID> idOf) {
            this.type = Objects.requireNonNull(type, "type");
            this.ids = Objects.requireNonNull(ids, "ids");
            this.idOf = Objects.requireNonNull(idOf, "idOf");
            this.name = type.getSimpleName();
        }

        /**
         * Sets what a service would fill in at creation, usually the id.
         *
         * @param assign gives the created entity from the one to create and a number that counts from 1
         * @return this
         */
        public Builder<T, ID> onCreate(BiFunction<T, Long, T> assign) {
            this.onCreate = Objects.requireNonNull(assign, "assign");
            return this;
        }

        /**
         * Sets the name of the entity in messages.
         *
         * @param entity the class's simple name by default
         * @return this
         */
        public Builder<T, ID> name(String entity) {
            this.name = Objects.requireNonNull(entity, "entity");
            return this;
        }

        /**
         * Sets how entities are encoded and decoded.
         *
         * @param codec {@link JsonCodec#jackson2()} by default
         * @return this
         */
        public Builder<T, ID> json(JsonCodec codec) {
            this.json = Objects.requireNonNull(codec, "codec");
            return this;
        }

        /**
         * Sets how many entities a page has when the query does not say.
         *
         * @param entitiesPerPage 100 by default
         * @return this
         * @throws IllegalArgumentException when not positive
         */
        public Builder<T, ID> pageSize(int entitiesPerPage) {
            if (entitiesPerPage < 1) {
                throw new IllegalArgumentException("pageSize must be positive but is " + entitiesPerPage);
            }
            this.pageSize = entitiesPerPage;
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
         * Builds the repository, empty.
         *
         * @return the repository
         */
        public InMemoryRepository<T, ID> build() {
            Builder<T, ID> frozen = new Builder<>(type, ids, idOf);
            frozen.name = name;
            frozen.onCreate = onCreate;
            frozen.json = json;
            frozen.pageSize = pageSize;
            frozen.idPolicy = idPolicy;
            return new InMemoryRepository<>(frozen);
        }
    }
}
