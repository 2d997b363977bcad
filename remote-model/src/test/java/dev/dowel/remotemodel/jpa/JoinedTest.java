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
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
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

    private static Rows.Novel novel() {
        Rows.Novel novel = Rows.Novel.of("n", "title", null);
        novel.tags.add("tag");
        novel.guests.add(Rows.Author.named("Guest"));
        return novel;
    }

    private Rows.Author stored(Rows.Novel novel) {
        return database.beside(manager -> {
            Rows.Author author = Rows.Author.named("Ann");
            manager.persist(author);
            novel.author = author;
            manager.persist(novel);
            return author;
        });
    }

    private EntityManagerRepository<Rows.Novel, String> whole() {
        return EntityManagerRepository.builder(Rows.Novel.class, IdCodec.STRING, () -> shared)
                .fetch("author", "guests")
                .build();
    }

    @Test
    void a_change_to_what_was_fetched_with_an_entity_changes_nothing() {
        Rows.Author author = stored(novel());
        inTransaction(
                () -> {
                    Rows.Novel found = whole().get("n");
                    found.author.name = "changed by nobody";
                    found.guests.get(0).name = "changed by nobody";
                    Rows.Novel listed = whole().filter(Query.all()).items().get(0);
                    listed.author.name = "changed by nobody";
                    Rows.Novel patched = whole().patch("n", Patch.of("title", "new"));
                    patched.author.name = "changed by nobody";
                    patched.guests.get(0).name = "changed by nobody";
                },
                true);

        Rows.Novel found = whole().get("n");
        assertThat(found.title).isEqualTo("new");
        assertThat(found.author.id).isEqualTo(author.id);
        assertThat(found.author.name).isEqualTo("Ann");
        assertThat(found.guests).extracting(guest -> guest.name).containsExactly("Guest");
    }

    @Test
    void what_is_to_be_fetched_is_fetched_for_an_entity_that_the_caller_had_without_it() {
        stored(novel());
        for (Supplier<Rows.Novel> read : List.<Supplier<Rows.Novel>>of(
                () -> whole().get("n"),
                () -> whole().find("n").orElseThrow(),
                () -> whole().getAll(List.of("n")).get("n"),
                () -> whole().filter(Query.all()).items().get(0))) {
            List<Rows.Novel> answers = new ArrayList<>();
            inTransaction(
                    () -> {
                        shared.find(Rows.Novel.class, "n");
                        answers.add(read.get());
                    },
                    true);

            assertThat(answers.get(0).guests).hasSize(1);
            assertThat(database.factory.getPersistenceUnitUtil().isLoaded(answers.get(0), "author"))
                    .isTrue();
        }
    }
}
