package dev.dowel.messaging.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.VersionRange;
import dev.dowel.messaging.testing.InMemoryMessaging;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import liquibase.command.CommandScope;
import liquibase.command.core.UpdateCommandStep;
import liquibase.command.core.helpers.DbUrlConnectionArgumentsCommandStep;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.resource.CompositeResourceAccessor;
import liquibase.resource.DirectoryResourceAccessor;
import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The files with the tables are what the two tools for migrations take as they are. */
class MigrationsTest {
    private static final EventType<Long> DELETED = EventType.of("user.deleted", "1.0.0", Long.class);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void flyway_takes_the_file_as_a_migration(TestDatabase kind) throws Exception {
        DataSource database = kind.fresh();
        try (InputStream file = OutboxSchema.class.getResourceAsStream(file(kind))) {
            Files.copy(file, folder.resolve("V1__messaging.sql"));
        }
        Flyway flyway = Flyway.configure()
                .dataSource(database)
                .locations("filesystem:" + folder)
                .load();

        assertThat(flyway.migrate().migrationsExecuted).isEqualTo(1);
        assertThat(flyway.migrate().migrationsExecuted).isZero();
        checkWorks(database);
    }

    @ParameterizedTest
    @EnumSource
    void liquibase_takes_the_file_from_the_jar(TestDatabase kind) throws Exception {
        DataSource database = kind.fresh();
        Files.writeString(folder.resolve("changelog.xml"), """
                <databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog"
                    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                    xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog
                        http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd">
                  <changeSet id="messaging-1" author="dowel">
                    <sqlFile path="dev/dowel/messaging/outbox/%s"/>
                  </changeSet>
                </databaseChangeLog>
                """.formatted(file(kind)), StandardCharsets.UTF_8);
        CompositeResourceAccessor files =
                new CompositeResourceAccessor(new DirectoryResourceAccessor(folder), new ClassLoaderResourceAccessor());
        try (Connection connection = database.getConnection()) {
            liquibase.Scope.child(
                    liquibase.Scope.Attr.resourceAccessor,
                    files,
                    () -> new CommandScope(UpdateCommandStep.COMMAND_NAME)
                            .addArgumentValue(UpdateCommandStep.CHANGELOG_FILE_ARG, "changelog.xml")
                            .addArgumentValue(
                                    DbUrlConnectionArgumentsCommandStep.DATABASE_ARG,
                                    DatabaseFactory.getInstance()
                                            .findCorrectDatabaseImplementation(new JdbcConnection(connection)))
                            .execute());
        } finally {
            files.close();
        }
        checkWorks(database);
    }

    private static String file(TestDatabase kind) {
        return kind.name().toLowerCase(Locale.ROOT) + ".sql";
    }

    private static void checkWorks(DataSource database) throws Exception {
        List<Long> handled = new ArrayList<>();
        try (InMemoryMessaging messaging = new InMemoryMessaging();
                JdbcInbox inbox = JdbcInbox.of(database);
                Outbox outbox = Outbox.builder(database).publishWith(messaging).build()) {
            messaging.start();
            messaging
                    .subscribe("likes")
                    .bind("events", "user.deleted", VersionRange.parse("^1.0.0"))
                    .idempotent(inbox)
                    .handler(Long.class, (body, delivery) -> handled.add(body));
            outbox.start();
            outbox.inTransaction(connection -> {
                outbox.enqueue(connection, "events", Message.of(DELETED, 7L));
                return null;
            });
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> outbox.pending() == 0);
        }
        assertThat(handled).containsExactly(7L);
    }
}
