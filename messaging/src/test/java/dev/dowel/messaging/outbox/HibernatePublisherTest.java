package dev.dowel.messaging.outbox;

import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import java.sql.Connection;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;

/** Publishes in the transactions that Hibernate runs; the README shows how. */
class HibernatePublisherTest extends EventPublisherContract {
    private static final ThreadLocal<Session> SESSION = new ThreadLocal<>();
    private SessionFactory sessions;
    private Outbox outbox;

    private static final class SessionTransaction implements CurrentTransaction {
        @Override
        public Optional<Connection> connection() {
            return Optional.ofNullable(SESSION.get())
                    .filter(Session::isJoinedToTransaction)
                    .map(current -> current.doReturningWork(connection -> connection));
        }

        @Override
        public void afterCommit(Runnable action) {
            SESSION.get().getTransaction().registerSynchronization(new Synchronization() {
                @Override
                public void beforeCompletion() {}

                @Override
                public void afterCompletion(int status) {
                    if (status == Status.STATUS_COMMITTED) {
                        action.run();
                    }
                }
            });
        }
    }

    @Override
    protected void open() throws Exception {
        DataSource database = TestDatabase.H2.fresh();
        OutboxSchema.createIfMissing(database);
        Configuration configuration = new Configuration();
        configuration.getProperties().put("hibernate.connection.datasource", database);
        sessions = configuration.buildSessionFactory();
        outbox = Outbox.builder(database)
                .publishWith(messaging)
                .transactions(new SessionTransaction())
                .pollInterval(Duration.ofMinutes(1))
                .build();
        outbox.start();
    }

    @Override
    protected void shut() {
        outbox.close();
        sessions.close();
    }

    @Override
    protected EventPublisher publisher(String exchange) {
        return outbox.publisher(exchange);
    }

    @Override
    protected void inTransaction(Work work) {
        Session outer = SESSION.get();
        try (Session current = sessions.openSession()) {
            SESSION.set(current);
            current.beginTransaction();
            try {
                work.run();
                current.getTransaction().commit();
            } catch (Exception e) {
                current.getTransaction().rollback();
                throw new IllegalStateException(e);
            }
        } finally {
            SESSION.set(outer);
        }
    }

    @Override
    protected long pending() {
        return outbox.pending();
    }
}
