package dev.dowel.remotemodel.jpa;

import dev.dowel.testservices.PostgreSql;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.hibernate.SessionFactory;
import org.hibernate.boot.registry.BootstrapServiceRegistryBuilder;
import org.hibernate.cfg.Configuration;
import org.hibernate.stat.Statistics;

/** A fresh database with the tables of the tests. */
final class Database implements AutoCloseable {

    final EntityManagerFactory factory;
    final Class<Document> documents = Enhanced.of(DocumentRow.class);

    private Database(String url, Map<String, String> more) {
        Configuration configuration = new Configuration(new BootstrapServiceRegistryBuilder()
                .applyClassLoader(documents.getClassLoader())
                .build());
        configuration.addAnnotatedClass(Rows.BookRow.class);
        configuration.addAnnotatedClass(Rows.Author.class);
        configuration.addAnnotatedClass(Rows.Novel.class);
        configuration.addAnnotatedClass(Rows.Everything.class);
        configuration.addAnnotatedClass(Rows.Versioned.class);
        configuration.addAnnotatedClass(Rows.Counted.class);
        configuration.addAnnotatedClass(documents);
        configuration.setProperty("hibernate.connection.url", url);
        configuration.setProperty("hibernate.hbm2ddl.auto", "create");
        configuration.setProperty("hibernate.generate_statistics", "true");
        configuration.setProperty("hibernate.show_sql", "false");
        more.forEach(configuration::setProperty);
        factory = configuration.buildSessionFactory();
    }

    static Database h2() {
        return new Database("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", Map.of());
    }

    static Database postgreSql() {
        return new Database(PostgreSql.shared().newDatabase(), Map.of());
    }

    Statistics statistics() {
        Statistics statistics = factory.unwrap(SessionFactory.class).getStatistics();
        statistics.clear();
        return statistics;
    }

    /** Something done beside the repository. */
    <R> R beside(Function<EntityManager, R> work) {
        return new Work.Own(factory).write(work);
    }

    @Override
    public void close() {
        factory.close();
    }
}
