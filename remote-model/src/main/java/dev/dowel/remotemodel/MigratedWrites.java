package dev.dowel.remotemodel;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes of one side, which is the authority, and after it of the other where the plan says so. */
final class MigratedWrites<T, ID> {

    private final String name;
    private final Sides<T, ID> sides;
    private final Function<ID, String> ids;
    private final @Nullable Function<? super T, ? extends @Nullable ID> idOf;
    private final MigrationListener listener;

    /** {@code ids} gives an id as it stands in URLs, checked. */
    MigratedWrites(
            String name,
            Sides<T, ID> sides,
            Function<ID, String> ids,
            @Nullable Function<? super T, ? extends @Nullable ID> idOf,
            MigrationListener listener) {
        this.name = name;
        this.sides = sides;
        this.ids = ids;
        this.idOf = idOf;
        this.listener = listener;
    }

    T create(T entity) {
        return write("create", this::idOf, side -> side.create(entity), (side, created) -> side.create(created));
    }

    T update(ID id, T entity) {
        String text = ids.apply(id);
        return write(
                "update",
                updated -> text,
                side -> side.update(id, entity),
                (side, updated) -> side.update(id, updated));
    }

    T patch(ID id, Patch patch) {
        String text = ids.apply(id);
        return write("patch", patched -> text, side -> side.patch(id, patch), (side, patched) -> side.patch(id, patch));
    }

    boolean delete(ID id) {
        String text = ids.apply(id);
        return write("delete", deleted -> text, side -> side.delete(id), (side, deleted) -> side.delete(id));
    }

    private interface Second<T, ID, R> {
        void write(Repository<T, ID> side, R answer);
    }

    /** Returns what the first side says; {@code id} names the entity to the listener. */
    private <R> R write(
            String operation, Function<R, String> id, Function<Repository<T, ID>, R> write, Second<T, ID, R> second) {
        MigrationPlan plan = sides.plan();
        Pins.Side first = sides.writtenFirst(plan);
        R answer = write.apply(sides.at(first));
        switch (plan.writes()) {
            case LOCAL_THEN_REMOTE, REMOTE_THEN_LOCAL -> {
                try {
                    second.write(sides.beside(first), answer);
                } catch (RuntimeException failure) {
                    listener.secondWriteFailed(name, operation, id.apply(answer), MigrationListeners.kind(failure));
                }
            }
            case LOCAL, REMOTE -> {}
        }
        return answer;
    }

    /** The id of what was created, empty when nobody can tell. */
    private String idOf(T created) {
        try {
            @Nullable ID id = idOf == null ? null : idOf.apply(created);
            return id == null ? "" : ids.apply(id);
        } catch (RuntimeException unknown) {
            return "";
        }
    }
}
