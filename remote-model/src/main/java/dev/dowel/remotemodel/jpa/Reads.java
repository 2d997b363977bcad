package dev.dowel.remotemodel.jpa;

import dev.dowel.remotemodel.Page;
import dev.dowel.remotemodel.Query;
import jakarta.persistence.EntityGraph;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceUnitUtil;
import jakarta.persistence.TypedQuery;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.CriteriaQuery;
import jakarta.persistence.criteria.Root;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The reading statements of a repository. What is answered is detached, with what is to be fetched. */
final class Reads<T, ID> {

    /** Every database takes as many in one list. */
    private static final int MAX_IDS = 500;

    private final Class<T> type;
    private final Work work;
    private final Set<String> fetch;
    private final Map<String, String> attributes;
    private volatile @Nullable Shape<T> known;

    Reads(Class<T> type, Work work, Set<String> fetch, Map<String, String> attributes) {
        this.type = type;
        this.work = work;
        this.fetch = fetch;
        this.attributes = attributes;
    }

    /** The page of a query that nothing can match. */
    Page<T> none(Query query, int size) {
        return new Slice(query, 0, size, 0, List.of(), false);
    }

    /** As it is when nobody else can write it any more; what it was before may be outdated by the time it is written. */
    @Nullable
    T locked(EntityManager manager, ID id) {
        @Nullable T held = work.isShared() ? manager.find(type, id) : null;
        if (held != null) {
            // A lock does not read again what the entity manager has already.
            manager.detach(held);
        }
        return manager.find(type, id, LockModeType.PESSIMISTIC_WRITE, fetching(manager));
    }

    @Nullable
    T load(EntityManager manager, ID id) {
        Map<String, Object> hints = fetching(manager);
        @Nullable T entity = manager.find(type, id, hints);
        if (entity != null && !(shape(manager).isReal(entity) && isFetched(manager, entity))) {
            // What the caller's entity manager held already: a stand-in, or an entity without what is to be fetched.
            manager.detach(entity);
            entity = manager.find(type, id, hints);
        }
        return entity;
    }

    Map<ID, T> load(EntityManager manager, List<ID> wanted) {
        Shape<T> shape = shape(manager);
        CriteriaBuilder builder = manager.getCriteriaBuilder();
        Map<ID, T> found = new HashMap<>();
        for (int from = 0; from < wanted.size(); from += MAX_IDS) {
            CriteriaQuery<T> select = builder.createQuery(type);
            Conditions<T> conditions = new Conditions<>(shape, builder, select.from(type));
            select.where(conditions.idIn(wanted.subList(from, Math.min(from + MAX_IDS, wanted.size()))));
            for (T entity : fetching(manager, conditions.bind(manager.createQuery(select)))
                    .getResultList()) {
                found.put(Objects.requireNonNull(idOf(manager, entity), "id"), entity);
            }
        }
        Map<ID, T> inOrder = new LinkedHashMap<>();
        for (ID id : wanted) {
            @Nullable T entity = detached(manager, found.get(id));
            if (entity != null) {
                inOrder.put(id, entity);
            }
        }
        return Collections.unmodifiableMap(inOrder);
    }

    Page<T> page(EntityManager manager, Query query, int from, int size, long count) {
        List<T> items = fetchesMany(manager)
                ? List.copyOf(load(manager, idsOf(manager, query, from, size)).values())
                : entitiesOf(manager, query, from, size);
        boolean more = items.size() > size;
        List<T> shown = more ? items.subList(0, size) : items;
        long total = count >= 0 ? count : more ? count(manager, query) : items.size();
        return new Slice(query, from, size, total, List.copyOf(shown), more);
    }

    /** One more than a page has, to see whether another follows. */
    private List<T> entitiesOf(EntityManager manager, Query query, int from, int size) {
        CriteriaBuilder builder = manager.getCriteriaBuilder();
        CriteriaQuery<T> select = builder.createQuery(type);
        Conditions<T> conditions = new Conditions<>(shape(manager), builder, select.from(type));
        select.where(conditions.of(query)).orderBy(conditions.order(query));
        List<T> entities = fetching(manager, conditions.bind(manager.createQuery(select)))
                .setFirstResult(from)
                .setMaxResults(size + 1)
                .getResultList();
        entities.forEach(entity -> detached(manager, entity));
        return entities;
    }

    /** Entities with their lists cannot be limited in the database: that would cut the lists. */
    @SuppressWarnings("unchecked") // The id attribute has the type ID, as the class says.
    private List<ID> idsOf(EntityManager manager, Query query, int from, int size) {
        CriteriaBuilder builder = manager.getCriteriaBuilder();
        CriteriaQuery<Object> select = builder.createQuery(Object.class);
        Shape<T> shape = shape(manager);
        Root<T> root = select.from(type);
        Conditions<T> conditions = new Conditions<>(shape, builder, root);
        select.select(root.get(shape.id().getName()))
                .where(conditions.of(query))
                .orderBy(conditions.order(query));
        return (List<ID>) conditions
                .bind(manager.createQuery(select))
                .setFirstResult(from)
                .setMaxResults(size + 1)
                .getResultList();
    }

    private long count(EntityManager manager, Query query) {
        CriteriaBuilder builder = manager.getCriteriaBuilder();
        CriteriaQuery<Long> select = builder.createQuery(Long.class);
        Root<T> root = select.from(type);
        Conditions<T> conditions = new Conditions<>(shape(manager), builder, root);
        select.select(builder.count(root)).where(conditions.of(query));
        return conditions.bind(manager.createQuery(select)).getSingleResult();
    }

    private boolean fetchesMany(EntityManager manager) {
        return fetch.stream()
                .anyMatch(attribute ->
                        shape(manager).entity().getAttribute(attribute).isCollection());
    }

    private TypedQuery<T> fetching(EntityManager manager, TypedQuery<T> query) {
        fetching(manager).forEach(query::setHint);
        return query;
    }

    private Map<String, Object> fetching(EntityManager manager) {
        if (fetch.isEmpty()) {
            return Map.of();
        }
        EntityGraph<T> graph = manager.createEntityGraph(type);
        fetch.forEach(graph::addAttributeNodes);
        return Map.of("jakarta.persistence.loadgraph", graph);
    }

    private boolean isFetched(EntityManager manager, T entity) {
        PersistenceUnitUtil util = manager.getEntityManagerFactory().getPersistenceUnitUtil();
        return fetch.stream().allMatch(attribute -> util.isLoaded(entity, attribute));
    }

    /** With what was fetched, which is as much part of the answer. */
    @Nullable
    T detached(EntityManager manager, @Nullable T entity) {
        if (entity != null) {
            fetch.forEach(attribute -> {
                @Nullable Object value = Shape.read(shape(manager).entity().getAttribute(attribute), entity);
                if (value instanceof Map<?, ?> map) {
                    map.keySet().forEach(each -> detachEntity(manager, each));
                    map.values().forEach(each -> detachEntity(manager, each));
                } else if (value instanceof Iterable<?> many) {
                    many.forEach(each -> detachEntity(manager, each));
                } else {
                    detachEntity(manager, value);
                }
            });
            manager.detach(entity);
        }
        return entity;
    }

    private void detachEntity(EntityManager manager, @Nullable Object value) {
        if (value != null && shape(manager).isEntity(value)) {
            manager.detach(value);
        }
    }

    @SuppressWarnings("unchecked") // The id attribute has the type ID, as the class says.
    @Nullable
    ID idOf(EntityManager manager, T entity) {
        return (ID) manager.getEntityManagerFactory().getPersistenceUnitUtil().getIdentifier(entity);
    }

    Shape<T> shape(EntityManager manager) {
        @Nullable Shape<T> shape = known;
        if (shape == null) {
            shape = new Shape<>(manager.getEntityManagerFactory(), type, attributes);
            known = shape;
        }
        return shape;
    }

    private final class Slice implements Page<T> {

        private final Query query;
        private final int from;
        private final int size;
        private final long count;
        private final List<T> items;
        private final boolean more;

        Slice(Query query, int from, int size, long count, List<T> items, boolean more) {
            this.query = query;
            this.from = from;
            this.size = size;
            this.count = count;
            this.items = items;
            this.more = more;
        }

        @Override
        public List<T> items() {
            return items;
        }

        @Override
        public OptionalLong count() {
            return OptionalLong.of(count);
        }

        @Override
        public Optional<Page<T>> next() {
            return more
                    ? Optional.of(work.read(manager -> page(manager, query, Math.addExact(from, size), size, count)))
                    : Optional.empty();
        }

        @Override
        public String toString() {
            return "Page[" + items.size() + " of " + count + "]";
        }
    }
}
