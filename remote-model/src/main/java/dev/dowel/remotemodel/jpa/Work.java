package dev.dowel.remotemodel.jpa;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.EntityTransaction;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/** Who owns the entity manager and the transaction of a call. */
sealed interface Work {

    <R> R read(Function<EntityManager, R> work);

    <R> R write(Function<EntityManager, R> work);

    /** Tells whether the entity manager may have read entities before. */
    default boolean isShared() {
        return false;
    }

    /** A transaction and an entity manager for each call. */
    record Own(EntityManagerFactory factory) implements Work {

        @Override
        public <R> R read(Function<EntityManager, R> work) {
            return write(work);
        }

        @Override
        public <R> R write(Function<EntityManager, R> work) {
            try (EntityManager manager = factory.createEntityManager()) {
                EntityTransaction transaction = manager.getTransaction();
                transaction.begin();
                try {
                    R result = work.apply(manager);
                    transaction.commit();
                    return result;
                } catch (RuntimeException | Error e) {
                    rollBack(transaction, e);
                    throw e;
                }
            }
        }

        private static void rollBack(EntityTransaction transaction, Throwable reason) {
            try {
                if (transaction.isActive()) {
                    transaction.rollback();
                }
            } catch (RuntimeException e) {
                reason.addSuppressed(e);
            }
        }
    }

    /** The entity manager and the transaction of the caller. */
    record Joined(Supplier<? extends EntityManager> managers) implements Work {

        @Override
        public boolean isShared() {
            return true;
        }

        @Override
        public <R> R read(Function<EntityManager, R> work) {
            EntityManager manager = manager();
            if (manager.isJoinedToTransaction()) {
                // What is read is detached afterwards; a change the caller made to it must not be lost with that.
                manager.flush();
            }
            return work.apply(manager);
        }

        @Override
        public <R> R write(Function<EntityManager, R> work) {
            if (!manager().isJoinedToTransaction()) {
                throw new IllegalStateException(
                        "a write needs the caller's transaction, for the entity manager was given by the caller");
            }
            return read(work);
        }

        private EntityManager manager() {
            return Objects.requireNonNull(managers.get(), "the entity manager supplied");
        }
    }
}
