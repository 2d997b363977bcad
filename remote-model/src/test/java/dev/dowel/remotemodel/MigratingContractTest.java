package dev.dowel.remotemodel;

import dev.dowel.remotemodel.MigrationPlan.Writes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** A migrating repository answers like any other, whatever its plan. */
class MigratingContractTest {

    @Nested
    class Local extends UnderOnePlan {
        Local() {
            super(MigrationPlan.local());
        }
    }

    @Nested
    class DualWrite extends UnderOnePlan {
        DualWrite() {
            super(MigrationPlan.dualWrite());
        }
    }

    @Nested
    class Shadow extends UnderOnePlan {
        Shadow() {
            super(MigrationPlan.shadow());
        }
    }

    @Nested
    class Live extends UnderOnePlan {
        Live() {
            super(MigrationPlan.live());
        }
    }

    @Nested
    class RampDown extends UnderOnePlan {
        RampDown() {
            super(MigrationPlan.rampDown());
        }
    }

    @Nested
    class Remote extends UnderOnePlan {
        Remote() {
            super(MigrationPlan.remote());
        }
    }

    @Nested
    class Percentage extends UnderOnePlan {
        Percentage() {
            super(MigrationPlan.percentage(50, Writes.LOCAL_THEN_REMOTE));
        }
    }

    abstract static class UnderOnePlan extends RepositoryContract<Book> {

        private final MigrationPlan plan;
        private MigratingRepository<Book, Long> books;

        UnderOnePlan(MigrationPlan plan) {
            this.plan = plan;
        }

        @Override
        protected Repository<Book, Long> repository() {
            books = MigratingRepository.builder("books", new SideDouble(), new SideDouble(), IdCodec.LONG)
                    .plan(() -> plan)
                    .build();
            return books;
        }

        @Override
        protected Book entity(Book book) {
            return book;
        }

        @Override
        protected Book book(Book entity) {
            return entity;
        }

        @AfterEach
        void stop() {
            books.close();
        }
    }
}
