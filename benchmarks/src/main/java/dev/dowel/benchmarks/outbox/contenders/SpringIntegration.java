package dev.dowel.benchmarks.outbox.contenders;

import dev.dowel.benchmarks.messaging.contenders.Job;
import dev.dowel.benchmarks.messaging.contenders.Tally;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory.ConfirmType;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.core.io.ClassPathResource;
import org.springframework.integration.jdbc.store.JdbcChannelMessageStore;
import org.springframework.integration.jdbc.store.channel.PostgresChannelMessageStoreQueryProvider;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.messaging.Message;
import org.springframework.messaging.support.GenericMessage;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A channel of Spring Integration kept in the database, and one poller: a transaction takes up to a batch from the channel,
 * sends it with Spring AMQP and waits for its confirms. In order, for one poller only.
 */
final class SpringIntegration implements Relaying {

    private static final String CHANNEL = "outbox";
    private static final String SCHEMA = "org/springframework/integration/jdbc/schema-postgresql.sql";

    /** How often it looks when there was nothing. */
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(5);

    private static final long PATIENCE = TimeUnit.SECONDS.toMillis(10);

    private final Tally tally;
    private final String exchange;
    private final TransactionTemplate transactions;
    private final JdbcChannelMessageStore store;
    private final CachingConnectionFactory factory;
    private final RabbitTemplate template;
    private final Thread poller = new Thread(this::run, "spring integration poller");

    SpringIntegration(Setting setting) {
        DataSource database = setting.database();
        tally = setting.tally();
        exchange = setting.exchange();
        new ResourceDatabasePopulator(new ClassPathResource(SCHEMA)).execute(database);
        transactions = new TransactionTemplate(new DataSourceTransactionManager(database));
        store = new JdbcChannelMessageStore(database);
        store.setChannelMessageStoreQueryProvider(new PostgresChannelMessageStoreQueryProvider());
        store.afterPropertiesSet();
        factory = new CachingConnectionFactory(setting.uri());
        factory.setPublisherConfirmType(ConfirmType.SIMPLE);
        factory.setPublisherReturns(true);
        template = new RabbitTemplate(factory);
        template.setMandatory(true);
        template.setReturnsCallback(returned -> tally.failed(new IOException("the broker returned a message")));
    }

    @Override
    public void store(byte[][] bodies, Runnable committing) {
        transactions.executeWithoutResult(status -> {
            for (byte[] body : bodies) {
                store.addMessageToGroup(CHANNEL, new GenericMessage<>(body));
            }
            committing.run();
        });
    }

    @Override
    public void start() {
        poller.start();
    }

    private void run() {
        try {
            while (!tally.over()) {
                Integer published = transactions.execute(status -> publish(take()));
                if (published == null || published == 0) {
                    LockSupport.parkNanos(PAUSE);
                } else {
                    tally.done(published, new long[0]);
                }
            }
        } catch (Throwable e) {
            tally.failed(e);
        }
    }

    private List<byte[]> take() {
        List<byte[]> bodies = new ArrayList<>();
        @Nullable Message<?> next;
        while (bodies.size() < Setting.BATCH && (next = store.pollMessageFromGroup(CHANNEL)) != null) {
            bodies.add((byte[]) next.getPayload());
        }
        return bodies;
    }

    private int publish(List<byte[]> bodies) {
        if (!bodies.isEmpty()) {
            template.invoke(operations -> {
                for (byte[] body : bodies) {
                    operations.send(
                            exchange,
                            Job.ROUTING_KEY,
                            MessageBuilder.withBody(body).build());
                }
                operations.waitForConfirmsOrDie(PATIENCE);
                return true;
            });
        }
        return bodies.size();
    }

    @Override
    public void close() throws InterruptedException {
        tally.end();
        poller.join(PATIENCE);
        factory.destroy();
    }
}
