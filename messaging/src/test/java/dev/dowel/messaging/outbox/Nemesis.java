package dev.dowel.messaging.outbox;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.dowel.testservices.PostgreSql;
import dev.dowel.testservices.RabbitMq;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/** Does harm, of all kinds before one comes again. */
final class Nemesis {
    /** What it can do. */
    enum Harm {
        KILL_BROKER,
        STOP_AND_START_BROKER,
        CLOSE_ALL_CONNECTIONS,
        DROP_CONNECTIONS,
        DELAY_FIVE_SECONDS,
        HALF_OPEN,
        MEMORY_ALARM,
        KILL_RELAY,
        KILL_CONSUMER,
        KILL_PUBLISHER,
        RESTART_DATABASE,
        ACKNOWLEDGE_TWICE,
        PURGE_AND_DECLARE_ANOTHER_QUEUE
    }

    private final Random random;
    private final RabbitMq broker;
    private final PostgreSql server;
    private final List<NemesisProxy> networks;
    private final Consumer<Harm> killService;
    private final List<Harm> deck = new ArrayList<>();
    private final Map<Harm, Integer> done = new EnumMap<>(Harm.class);

    Nemesis(
            Random random,
            RabbitMq broker,
            PostgreSql server,
            List<NemesisProxy> networks,
            Consumer<Harm> killService) {
        this.random = random;
        this.broker = broker;
        this.server = server;
        this.networks = networks;
        this.killService = killService;
    }

    /** Returns what it did, how often. */
    Map<Harm, Integer> done() {
        return done;
    }

    /** Does one harm, and takes it back where it does not pass by itself. */
    void strike() throws Exception {
        if (deck.isEmpty()) {
            deck.addAll(List.of(Harm.values()));
            Collections.shuffle(deck, random);
            // A short run does not come to all: first what ends a process that has state.
            List<Harm> first =
                    List.of(Harm.KILL_PUBLISHER, Harm.KILL_CONSUMER, Harm.RESTART_DATABASE, Harm.KILL_BROKER);
            deck.removeAll(first);
            deck.addAll(first);
        }
        Harm harm = deck.remove(deck.size() - 1);
        NemesisProxy network = networks.get(random.nextInt(networks.size()));
        switch (harm) {
            case KILL_BROKER -> {
                broker.kill();
                broker.restart();
            }
            case STOP_AND_START_BROKER -> {
                broker.ctl("stop_app");
                broker.ctl("start_app");
            }
            case CLOSE_ALL_CONNECTIONS -> broker.ctl("close_all_connections", "nemesis");
            case DROP_CONNECTIONS -> network.drop();
            case DELAY_FIVE_SECONDS -> {
                network.hold(true);
                pass(Duration.ofSeconds(5));
                network.hold(false);
            }
            // The heartbeats find out.
            case HALF_OPEN -> network.swallow(random.nextBoolean());
            case MEMORY_ALARM -> {
                broker.ctl("set_vm_memory_high_watermark", "absolute", "1MB");
                pass(Duration.ofSeconds(3));
                broker.ctl("set_vm_memory_high_watermark", "0.4");
            }
            case KILL_RELAY, KILL_CONSUMER, KILL_PUBLISHER -> killService.accept(harm);
            case RESTART_DATABASE -> {
                server.kill();
                server.restart();
            }
            case ACKNOWLEDGE_TWICE -> networks.forEach(NemesisProxy::acknowledgeTwice);
            case PURGE_AND_DECLARE_ANOTHER_QUEUE -> purgeAndDeclare();
        }
        done.merge(harm, 1, Integer::sum);
    }

    private void purgeAndDeclare() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.uri());
        try (Connection connection = factory.newConnection("nemesis");
                Channel channel = connection.createChannel()) {
            channel.queueDeclare("another", true, false, false, Map.of("x-queue-type", "quorum"));
            channel.queuePurge("another");
            channel.queueDelete("another");
            channel.queueDeclare("another", true, false, false, Map.of());
            channel.queueDelete("another");
        }
    }

    static void pass(Duration time) {
        await().atMost(time.plusMinutes(1)).pollDelay(time).until(() -> true);
    }
}
