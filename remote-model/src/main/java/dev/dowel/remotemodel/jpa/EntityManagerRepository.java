package dev.dowel.remotemodel.jpa;

import dev.dowel.remotemodel.EntityNotFoundException;
import dev.dowel.remotemodel.IdCodec;
import dev.dowel.remotemodel.IdPolicy;
import dev.dowel.remotemodel.Page;
import dev.dowel.remotemodel.Patch;
import dev.dowel.remotemodel.Query;
import dev.dowel.remotemodel.RemoteResponseException;
import dev.dowel.remotemodel.Repository;
import jakarta.persistence.EntityExistsException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.PersistenceException;
import java.lang.reflect.AnnotatedElement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Entities of the local database, with the answers of a remote model: the same checks of ids, the same missing entities,
 * lookups, pages and patches. Code that knows only {@link Repository} does not notice when they move to another service.
 *
 * <pre>{@code
 * Repository<Book, Long> books = EntityManagerRepository.builder(Book.class, IdCodec.LONG, entityManagerFactory).build();
 * Repository<Book, Long> joined = EntityManagerRepository.builder(Book.class, IdCodec.LONG, () -> entityManager).build();
 * }</pre>
 *
 * <p><b>Transactions.</b> Over a factory every call has an entity manager and a resource-local transaction of its own, both
 * ended when it returns. Over a supplied entity manager, such as the one Spring injects, nothing is begun, committed or
 * closed: a call is part of the caller's transaction, a read needs none, and a write without one is an {@link
 * IllegalStateException}. Within a transaction the caller's pending changes are flushed first, and after a failed write the
 * transaction is to be rolled back, as always with Jakarta Persistence.
 *
 * <p><b>Entities</b> that are returned are detached, so a change to one changes nothing here; over a supplied entity manager
 * that goes for an instance that the caller got from it directly, too. What {@link Builder#fetch} names is detached with
 * them; other associations stay as they were, and what of them is lazy cannot be read afterwards. Entities that are given stay as they are: {@code create} and {@code update} work as {@link
 * EntityManager#merge} does, on a copy, and answer with what a read gives afterwards. An entity whose version differs from
 * the stored one is refused with status 409; with a null version, or with {@link Builder#ignoreVersions}, it replaces what
 * is there. An id that the database
 * generates cannot be given to {@code create}. A replacement, a patch and a deletion lock the row until their transaction
 * ends, so two patches of different attributes at the same time are both kept.
 *
 * <p><b>Queries</b> name attributes, and attributes of embedded values and of the other side of to-one associations ({@code
 * author__name}); another entity is compared by its id. A name that the entity does not have, and a value that is not of
 * the attribute's type, are an {@link IllegalArgumentException}. Text lookups need a text, ordering lookups do not work
 * on enums. How texts are ordered and what their small letters are is up to the database. Pages are numbered by position.
 *
 * <p><b>Failures.</b> A write that violates a constraint, or that another transaction overtook, is a {@link
 * RemoteResponseException} with status 409, as from a service. Any other failure of the database is the {@link
 * PersistenceException} of the provider.
 *
 * <p>Instances are safe for use by several threads when the supplied entity manager is, as Spring's is.
 *
 * @param <T> the entity, with one id attribute
 * @param <ID> its identifier, of the id attribute's type
 */
public final class EntityManagerRepository<T, ID> implements Repository<T, ID> {

    /** Found before the database would see it; another provider lets the database find it. */
    private static final String HIBERNATE_NOT_NULL = "org.hibernate.PropertyValueException";

    private final Class<T> type;
    private final IdCodec<ID> ids;
    private final IdPolicy idPolicy;
    private final Work work;
    private final String name;
    private final int pageSize;
    private final Reads<T, ID> reads;
    private final boolean ignoreVersions;

    private EntityManagerRepository(Builder<T, ID> options) {
        this.type = options.type;
        this.ids = options.ids;
        this.idPolicy = options.idPolicy;
        this.work = options.work;
        this.name = options.name;
        this.pageSize = options.pageSize;
        this.reads = new Reads<>(type, work, Set.copyOf(options.fetch), Map.copyOf(options.attributes));
        this.ignoreVersions = options.ignoreVersions;
    }

    /**
     * Starts the options of a repository with a transaction of its own for every call.
     *
     * @param <T> the entity
     * @param <ID> its identifier
     * @param type the class of one entity
     * @param ids how its ids are written
     * @param factory makes entity managers with resource-local transactions; stays open
     * @return the options
     */
    public static <T, ID> Builder<T, ID> builder(Class<T> type, IdCodec<ID> ids, EntityManagerFactory factory) {
        return new Builder<>(type, ids, new Work.Own(Objects.requireNonNull(factory, "factory")));
    }

    /**
     * Starts the options of a repository that works within the caller's transactions.
     *
     * @param <T> the entity
     * @param <ID> its identifier
     * @param type the class of one entity
     * @param ids how its ids are written
     * @param entityManager gives the entity manager of the calling thread, such as {@code () -> entityManager} with an
     *     injected one; it is never closed
     * @return the options
     */
    public static <T, ID> Builder<T, ID> builder(
            Class<T> type, IdCodec<ID> ids, Supplier<? extends EntityManager> entityManager) {
        return new Builder<>(type, ids, new Work.Joined(Objects.requireNonNull(entityManager, "entityManager")));
    }

    @Override
    public Optional<T> find(ID id) {
        ids.checked(id, idPolicy);
        return work.read(manager -> Optional.ofNullable(reads.detached(manager, reads.load(manager, id))));
    }

    @Override
    public T get(ID id) {
        return find(id).orElseThrow(() -> missing(id));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Asks with lists of at most 500 ids.
     */
    @Override
    public Map<ID, T> getAll(Collection<ID> ids) {
        Map<String, ID> asked = new LinkedHashMap<>();
        ids.forEach(id -> asked.putIfAbsent(this.ids.checked(id, idPolicy), id));
        List<ID> distinct = List.copyOf(asked.values());
        return distinct.isEmpty() ? Map.of() : work.read(manager -> reads.load(manager, distinct));
    }

    @Override
    public Page<T> filter(Query query) {
        Objects.requireNonNull(query, "query");
        boolean nothing = query.criteria().stream()
                .anyMatch(condition -> condition.values().isEmpty());
        int size = query.size().orElse(pageSize);
        return nothing ? reads.none(query, size) : work.read(manager -> reads.page(manager, query, 0, size, -1));
    }

    @Override
    public T create(T entity) {
        Objects.requireNonNull(entity, "entity");
        return write("created", manager -> {
            Shape<T> shape = reads.shape(manager);
            @Nullable ID given = reads.idOf(manager, entity);
            boolean generated = shape.id().getJavaMember() instanceof AnnotatedElement member
                    && member.isAnnotationPresent(GeneratedValue.class);
            if (generated && given != null && !isZero(given)) {
                throw new IllegalArgumentException(
                        "the id of " + name + " is generated by the database, create it without one");
            }
            if (!generated && given != null) {
                String text = ids.checked(given, idPolicy);
                if (manager.find(type, given) != null) {
                    throw conflict(name + " already has an entity with id " + text);
                }
            }
            return merged(manager, shape.unversioned(entity));
        });
    }

    @Override
    public T update(ID id, T entity) {
        Objects.requireNonNull(entity, "entity");
        ids.checked(id, idPolicy);
        return write("updated", manager -> {
            T stored = requireLocked(manager, id);
            Shape<T> shape = reads.shape(manager);
            return merged(manager, shape.under(id, entity, stored, ignoreVersions));
        });
    }

    @Override
    public T patch(ID id, Patch patch) {
        Objects.requireNonNull(patch, "patch");
        ids.checked(id, idPolicy);
        return write("patched", manager -> {
            Shape<T> shape = reads.shape(manager);
            T changed = shape.copy(requireLocked(manager, id));
            shape.apply(patch.fields(), changed);
            return merged(manager, changed);
        });
    }

    @Override
    public boolean delete(ID id) {
        ids.checked(id, idPolicy);
        return write("deleted", manager -> {
            @Nullable T entity = reads.locked(manager, id);
            if (entity == null) {
                return false;
            }
            manager.remove(entity);
            manager.flush();
            return true;
        });
    }

    /** Writes a copy and reads it again, for the database may round, truncate and fill in. */
    private T merged(EntityManager manager, T content) {
        T merged = manager.merge(content);
        manager.flush();
        ID id = Objects.requireNonNull(reads.idOf(manager, merged), "the id after a flush");
        manager.detach(merged);
        return Objects.requireNonNull(reads.detached(manager, require(manager, id)));
    }

    private T require(EntityManager manager, ID id) {
        @Nullable T entity = reads.load(manager, id);
        if (entity == null) {
            throw missing(id);
        }
        return entity;
    }

    private T requireLocked(EntityManager manager, ID id) {
        @Nullable T entity = reads.locked(manager, id);
        if (entity == null) {
            throw missing(id);
        }
        return entity;
    }

    private static boolean isZero(Object id) {
        return id instanceof Number number && number.longValue() == 0;
    }

    private EntityNotFoundException missing(ID id) {
        return new EntityNotFoundException(name, ids.checked(id, idPolicy));
    }

    private <R> R write(String done, java.util.function.Function<EntityManager, R> change) {
        try {
            return work.write(change);
        } catch (PersistenceException e) {
            if (e instanceof EntityExistsException) {
                throw conflict(name + " could not be " + done + ": it exists already");
            }
            for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof OptimisticLockException) {
                    throw conflict(name + " could not be " + done + ": another transaction changed it");
                }
                if (cause.getClass().getName().equals(HIBERNATE_NOT_NULL)) {
                    throw conflict(name + " could not be " + done + ": a value is missing that must not be null");
                }
                if (cause instanceof SQLException sql
                        && String.valueOf(sql.getSQLState()).startsWith("23")) {
                    // The driver's message quotes the values, so it stays here.
                    throw conflict(name + " could not be " + done
                            + ": a constraint of the database forbids it (SQL state " + sql.getSQLState() + ")");
                }
            }
            throw e;
        }
    }

    private static RemoteResponseException conflict(String message) {
        return RemoteResponseException.of(409, message);
    }

    /** Returns the name of the entity. */
    @Override
    public String toString() {
        return "EntityManagerRepository[" + name + "]";
    }

    /**
     * The options of an {@link EntityManagerRepository}. Not safe for use by several threads.
     *
     * @param <T> the entity
     * @param <ID> its identifier
     */
    public static final class Builder<T, ID> {

        private final Class<T> type;
        private final IdCodec<ID> ids;
        private final Work work;
        private final Set<String> fetch = new LinkedHashSet<>();
        private final Map<String, String> attributes = new HashMap<>();
        private String name;
        private int pageSize = 100;
        private IdPolicy idPolicy = IdPolicy.STRICT;
        private boolean ignoreVersions;

        private Builder(Class<T> type, IdCodec<ID> ids, Work work) {
            this.type = Objects.requireNonNull(type, "type");
            this.ids = Objects.requireNonNull(ids, "ids");
            this.work = work;
            this.name = type.getSimpleName();
        }

        /**
         * Adds attributes that are read together with the entity, in the same statement, and can be used when it is
         * detached. Without this a lazy association cannot be used, and an eager one may cost a statement per entity.
         *
         * @param attributes the names of associations or element collections
         * @return this
         */
        public Builder<T, ID> fetch(String... attributes) {
            fetch.addAll(List.of(attributes));
            return this;
        }

        /**
         * Sets which attribute a field of queries and patches is, where the names differ: {@code field("published_at",
         * "publishedAt")}.
         *
         * @param name the field, on whatever step of a path
         * @param attribute the attribute's name
         * @return this
         */
        public Builder<T, ID> field(String name, String attribute) {
            attributes.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(attribute, "attribute"));
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
         * Sets which ids are refused, as {@link dev.dowel.remotemodel.RemoteModel.Builder#idPolicy} does.
         *
         * @param policy {@link IdPolicy#STRICT} by default
         * @return this
         */
        public Builder<T, ID> idPolicy(IdPolicy policy) {
            this.idPolicy = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /**
         * Lets {@code update} replace what is there whatever version the content has, as if it had none. For content from
         * elsewhere, such as another service's answer, which has no version of this database: a primitive version is zero in
         * it and cannot be told from a real one.
         *
         * @return this
         */
        public Builder<T, ID> ignoreVersions() {
            this.ignoreVersions = true;
            return this;
        }

        /**
         * Builds the repository. Whether the class is an entity with these attributes is seen at the first call.
         *
         * @return the repository
         */
        public EntityManagerRepository<T, ID> build() {
            return new EntityManagerRepository<>(this);
        }
    }
}
