package dev.dowel.remotemodel.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dowel.remotemodel.Book;
import dev.dowel.remotemodel.IdCodec;
import dev.dowel.remotemodel.Patch;
import dev.dowel.remotemodel.Query;
import jakarta.persistence.EntityManager;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A repository within the caller's transactions. */
class JoinedTest {

    private final Database database = Database.h2();
    private static final ThreadLocal<EntityManager> BOUND = new ThreadLocal<>();
    private final EntityManager shared = shared();
    private final EntityManagerRepository<Rows.BookRow, Long> books = EntityManagerRepository.builder(
                    Rows.BookRow.class, IdCodec.LONG, () -> shared)
            .build();

    @AfterEach
    void stop() {
        database.close();
    }

    /** As Spring's: the transaction's entity manager where there is a transaction, else one for each call. */
    private EntityManager shared() {
        return (EntityManager) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {EntityManager.class}, (proxy, method, arguments) -> {
                    EntityManager target = BOUND.get();
                    EntityManager once = target == null ? database.factory.createEntityManager() : null;
                    try {
                        return method.invoke(target == null ? once : target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        // A query is run after the call that made it; Spring closes then, and so does the test's end.
                        if (once != null && !method.getName().startsWith("create")) {
                            once.close();
                        }
                    }
                });
    }

    private void inTransaction(Runnable work, boolean commit) {
        EntityManager manager = database.factory.createEntityManager();
        BOUND.set(manager);
        manager.getTransaction().begin();
        try {
            work.run();
        } finally {
            assertThat(manager.isOpen()).isTrue();
            assertThat(manager.getTransaction().isActive()).isTrue();
            if (commit) {
                manager.getTransaction().commit();
            } else {
                manager.getTransaction().rollback();
            }
            manager.close();
            BOUND.remove();
        }
    }

    private static Rows.BookRow row(String title) {
        return Rows.BookRow.of(Book.titled(title, 1));
    }

    @Test
    void a_write_is_committed_or_rolled_back_with_the_callers_transaction() {
        inTransaction(() -> books.create(row("kept")), true);
        inTransaction(() -> books.create(row("gone")), false);

        assertThat(books.filter(Query.all()).stream().map(row -> row.title)).containsExactly("kept");
    }

    @Test
    void a_read_needs_no_transaction_and_a_write_without_one_is_refused() {
        inTransaction(() -> books.create(row("a")), true);
        Long id = books.filter(Query.all()).items().get(0).id;

        assertThat(books.get(id).title).isEqualTo("a");
        assertThat(books.getAll(List.of(id))).hasSize(1);
        assertThatThrownBy(() -> books.create(row("b"))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> books.update(id, row("b"))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> books.patch(id, Patch.of("title", "b"))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> books.delete(id)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_call_sees_the_callers_pending_changes_and_loses_none() {
        inTransaction(() -> books.create(row("a")), true);
        Long id = books.filter(Query.all()).items().get(0).id;

        inTransaction(
                () -> {
                    shared.find(Rows.BookRow.class, id).title = "pending";
                    Rows.BookRow read = books.get(id);
                    assertThat(read.title).isEqualTo("pending");
                    read.title = "changed by nobody";
                },
                true);

        assertThat(books.get(id).title).isEqualTo("pending");
    }

    @Test
    void a_patch_builds_on_what_is_stored_and_not_on_what_the_caller_read_before() {
        inTransaction(() -> books.create(row("a")), true);
        Long id = books.filter(Query.all()).items().get(0).id;

        inTransaction(
                () -> {
                    shared.find(Rows.BookRow.class, id);
                    database.beside(other -> other.find(Rows.BookRow.class, id).title = "by another");
                    assertThat(books.patch(id, Patch.of("price", 5)).title).isEqualTo("by another");
                },
                true);

        assertThat(books.get(id).book()).isEqualTo(new Book(id, "by another", 5, null));
    }

    @Test
    void a_stand_in_that_the_caller_holds_is_not_handed_out() {
        inTransaction(() -> books.create(row("a")), true);
        Long id = books.filter(Query.all()).items().get(0).id;

        inTransaction(
                () -> {
                    shared.getReference(Rows.BookRow.class, id);
                    assertThat(books.get(id).getClass()).isEqualTo(Rows.BookRow.class);
                    shared.getReference(Rows.BookRow.class, id);
                    assertThat(books.patch(id, Patch.of("price", 5)).price).isEqualTo(5);
                },
                true);
    }

    @Test
    void nothing_is_opened_beside_the_callers_entity_manager() {
        Statistics statistics = database.statistics();
        inTransaction(
                () -> {
                    Rows.BookRow created = books.create(row("a"));
                    books.update(created.id, row("b"));
                    books.delete(created.id);
                    books.filter(Query.all());
                },
                true);

        assertThat(statistics.getSessionOpenCount()).isEqualTo(1);
        assertThat(statistics.getTransactionCount()).isEqualTo(1);
    }
}
