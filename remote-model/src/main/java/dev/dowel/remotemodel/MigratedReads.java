package dev.dowel.remotemodel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads of one side: compared with the other where the plan says so, and made locally instead where the remote side does not
 * answer.
 */
final class MigratedReads<T, ID> {

    private final String name;
    private final Sides<T, ID> sides;
    private final Function<ID, String> ids;
    private final Comparison comparison;
    private final Shadows shadows;
    private final MigratingRepository.OnRemoteFailure onRemoteFailure;
    private final MigrationListener listener;

    /** {@code ids} gives an id as it stands in URLs, checked. */
    MigratedReads(
            String name,
            Sides<T, ID> sides,
            Function<ID, String> ids,
            Comparison comparison,
            Shadows shadows,
            MigratingRepository.OnRemoteFailure onRemoteFailure,
            MigrationListener listener) {
        this.name = name;
        this.sides = sides;
        this.ids = ids;
        this.comparison = comparison;
        this.shadows = shadows;
        this.onRemoteFailure = onRemoteFailure;
        this.listener = listener;
    }

    Optional<T> find(ID id) {
        return one("find", id, side -> side.find(id), found -> comparison.one(found.orElse(null)));
    }

    T get(ID id) {
        return one("get", id, side -> side.get(id), comparison::one);
    }

    private <R> R one(String operation, ID id, Function<Repository<T, ID>, R> read, Function<R, Comparison.Seen> seen) {
        String text = ids.apply(id);
        MigrationPlan plan = sides.plan();
        return read(
                operation,
                plan,
                sides.serving(plan, text),
                read,
                seen,
                side -> comparison.one(side.find(id).orElse(null)));
    }

    Map<ID, T> getAll(Collection<ID> all) {
        Map<String, ID> asked = new LinkedHashMap<>();
        all.forEach(id -> asked.putIfAbsent(ids.apply(id), id));
        MigrationPlan plan = sides.plan();
        Map<Pins.Side, List<ID>> divided = new LinkedHashMap<>();
        asked.forEach((text, id) -> divided.computeIfAbsent(sides.serving(plan, text), s -> new ArrayList<>())
                .add(id));
        Map<ID, T> found = new LinkedHashMap<>();
        divided.forEach((side, some) -> found.putAll(read(
                "getAll",
                plan,
                side,
                repository -> repository.getAll(some),
                entities -> seen(some, entities),
                repository -> seen(some, repository.getAll(some)))));
        Map<ID, T> inOrder = new LinkedHashMap<>();
        for (ID id : asked.values()) {
            T entity = found.get(id);
            if (entity != null) {
                inOrder.put(id, entity);
            }
        }
        return Collections.unmodifiableMap(inOrder);
    }

    private Comparison.Seen seen(List<ID> asked, Map<ID, T> found) {
        List<@Nullable T> entities = new ArrayList<>();
        asked.forEach(id -> entities.add(found.get(id)));
        return comparison.many(entities);
    }

    Page<T> filter(Query query) {
        MigrationPlan plan = sides.plan();
        return read(
                "filter",
                plan,
                sides.serving(plan, null),
                side -> side.filter(query),
                comparison::page,
                side -> comparison.page(side.filter(query)));
    }

    /** Returns what the side says. {@code seen} is what to compare of it, {@code again} asks any side for that anew. */
    private <R> R read(
            String operation,
            MigrationPlan plan,
            Pins.Side side,
            Function<Repository<T, ID>, R> read,
            Function<R, Comparison.Seen> seen,
            Function<Repository<T, ID>, Comparison.Seen> again) {
        R answer;
        try {
            answer = read.apply(sides.at(side));
        } catch (EntityNotFoundException absent) {
            shadow(operation, plan, side, () -> comparison.one(null), again);
            throw absent;
        } catch (RemoteModelException failure) {
            if (side == Pins.Side.LOCAL || !mayFallBack(plan, failure)) {
                throw failure;
            }
            listener.fellBack(name, operation, MigrationListeners.kind(failure));
            return read.apply(sides.at(Pins.Side.LOCAL));
        }
        shadow(operation, plan, side, () -> seen.apply(answer), again);
        return answer;
    }

    private void shadow(
            String operation,
            MigrationPlan plan,
            Pins.Side served,
            Supplier<Comparison.Seen> seen,
            Function<Repository<T, ID>, Comparison.Seen> again) {
        if (plan.isShadowed()) {
            Repository<T, ID> other = sides.beside(served);
            Supplier<Comparison.Seen> servedAgain = () -> again.apply(sides.at(served));
            // Written on the caller's thread, a local entity could read its lazy parts in the caller's transaction.
            Supplier<Supplier<Comparison.Seen>> taken = served == Pins.Side.LOCAL
                    ? () -> servedAgain
                    : () -> {
                        Comparison.Seen answer = seen.get();
                        return () -> answer;
                    };
            shadows.compare(operation, taken, servedAgain, () -> again.apply(other));
        }
    }

    private boolean mayFallBack(MigrationPlan plan, RemoteModelException failure) {
        if (onRemoteFailure == MigratingRepository.OnRemoteFailure.FAIL
                || !plan.isLocalWritten()
                || sides.areWritten()) {
            return false;
        }
        // A refusal is an answer: going round it would show what the remote side hides.
        RemoteModelException reason = failure instanceof BatchException batch ? batch.failure() : failure;
        return !(reason instanceof RemoteResponseException response)
                || response.status() >= 500
                || response.status() == 408
                || response.status() == 429;
    }
}
