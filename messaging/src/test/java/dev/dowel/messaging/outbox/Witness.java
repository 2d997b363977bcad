package dev.dowel.messaging.outbox;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A queue that gets all events, and that nobody reads before the end: the broker may deliver again in another order, so
 * what was published, in which order, shows only here.
 */
final class Witness {
    private static final String QUEUE = "witness";
    private static final String LAST = "the last one";

    private Witness() {}

    /** A message as it was published. */
    record Sighting(String messageId, String key, String body) {}

    static void declare(URI broker) throws Exception {
        try (Connection connection = connect(broker);
                Channel channel = connection.createChannel()) {
            channel.exchangeDeclare("events", "topic", true);
            channel.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", "quorum"));
            channel.queueBind(QUEUE, "events", "#");
        }
    }

    /** Returns, and removes, what was published until now. */
    static List<Sighting> read(URI broker) throws Exception {
        List<Sighting> all = Collections.synchronizedList(new ArrayList<>());
        try (Connection connection = connect(broker);
                Channel channel = connection.createChannel()) {
            channel.confirmSelect();
            channel.basicPublish(
                    "",
                    QUEUE,
                    new AMQP.BasicProperties.Builder().messageId(LAST).build(),
                    new byte[0]);
            channel.waitForConfirmsOrDie(30_000);
            CountDownLatch done = new CountDownLatch(1);
            channel.basicConsume(
                    QUEUE,
                    true,
                    (tag, message) -> {
                        String id = message.getProperties().getMessageId();
                        if (id.equals(LAST)) {
                            done.countDown();
                        } else {
                            Object key = message.getProperties().getHeaders().get("message-key");
                            all.add(new Sighting(
                                    id, String.valueOf(key), new String(message.getBody(), StandardCharsets.UTF_8)));
                        }
                    },
                    tag -> {});
            if (!done.await(5, TimeUnit.MINUTES)) {
                throw new IllegalStateException("The last message did not come");
            }
            // What was acknowledged right before the channel closes may come again.
            await().atMost(Duration.ofMinutes(1)).until(() -> channel.messageCount(QUEUE) == 0);
        }
        return List.copyOf(all);
    }

    private static Connection connect(URI broker) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker);
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection("witness");
    }

    /** Returns those that came more than once. */
    static Set<Sighting> repeated(List<Sighting> sightings) {
        Set<Sighting> seen = new HashSet<>();
        Set<Sighting> again = new HashSet<>();
        sightings.forEach(one -> {
            if (!seen.add(one)) {
                again.add(one);
            }
        });
        return again;
    }

    /** Returns the bodies of each key in the order in which they came first. */
    static Map<String, List<Long>> firstSightings(List<Sighting> sightings) {
        Map<String, Set<Long>> first = new LinkedHashMap<>();
        sightings.forEach(one ->
                first.computeIfAbsent(one.key(), key -> new LinkedHashSet<>()).add(Long.valueOf(one.body())));
        Map<String, List<Long>> lists = new LinkedHashMap<>();
        first.forEach((key, bodies) -> lists.put(key, List.copyOf(bodies)));
        return lists;
    }
}
