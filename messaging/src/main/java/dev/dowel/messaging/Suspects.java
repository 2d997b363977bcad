package dev.dowel.messaging;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.ShutdownSignalException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What made the broker close a channel, as far as that can be told. The broker does not name the message, and the others
 * on the channel suffer with it; so what may have done it travels alone until the broker takes it. Safe for use by several
 * threads.
 */
final class Suspects {
    private static final int MOST_IDS = 2_000;
    private static final Pattern TOO_LARGE = Pattern.compile("message size \\d+ .*?(\\d+)$");
    private static final Pattern TOPIC = Pattern.compile("topic '(.*)' in exchange '");

    private final Set<String> exchanges = new HashSet<>();
    private final Set<String> messageIds = Collections.newSetFromMap(new Oldest());
    private int largest = Integer.MAX_VALUE;

    /** Forgets the oldest: a suspect that is never published again must not stay for ever. */
    private static final class Oldest extends LinkedHashMap<String, Boolean> {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST_IDS;
        }
    }

    synchronized boolean contains(Publication one) {
        return one.body().length > largest
                || exchanges.contains(one.exchange())
                || (one.messageId() != null && messageIds.contains(one.messageId()));
    }

    /** Forgets what the broker has answered. */
    synchronized void clear(Publication answered) {
        if (answered.body().length > largest) {
            largest = Integer.MAX_VALUE;
        }
        exchanges.remove(answered.exchange());
        if (answered.messageId() != null) {
            messageIds.remove(answered.messageId());
        }
    }

    /** Returns who is to blame for the end of a channel, and why; remembers those who may be. */
    synchronized Map<Publication, PublishException.Kind> blame(
            ShutdownSignalException end, Collection<Publication> inFlight) {
        if (end.isInitiatedByApplication() || !(end.getReason() instanceof AMQP.Channel.Close close)) {
            return Map.of();
        }
        String text = close.getReplyText();
        Matcher tooLarge = TOO_LARGE.matcher(text);
        if (tooLarge.find()) {
            largest = Integer.parseInt(tooLarge.group(1));
            List<Publication> larger = matching(inFlight, one -> one.body().length > largest);
            if (!larger.isEmpty()) {
                return verdict(larger, PublishException.Kind.TOO_LARGE);
            }
        }
        List<Publication> candidates = matching(
                inFlight,
                one -> text.contains(" exchange '" + brokersName(one.exchange()) + "'")
                        && topic(text).map(one.routingKey()::equals).orElse(true));
        if (candidates.isEmpty()) {
            candidates = List.copyOf(inFlight);
            candidates.forEach(one -> Optional.ofNullable(one.messageId()).ifPresent(messageIds::add));
        } else {
            exchanges.add(candidates.get(0).exchange());
        }
        // Of several the broker may have taken some before it closed the channel.
        return candidates.size() > 1
                ? Map.of()
                : verdict(
                        candidates,
                        close.getReplyCode() == AMQP.NOT_FOUND
                                ? PublishException.Kind.NO_EXCHANGE
                                : PublishException.Kind.REFUSED);
    }

    private static Optional<String> topic(String text) {
        Matcher topic = TOPIC.matcher(text);
        return topic.find() ? Optional.of(topic.group(1)) : Optional.empty();
    }

    private static String brokersName(String exchange) {
        return exchange.isEmpty() ? "amq.default" : exchange;
    }

    private static List<Publication> matching(Collection<Publication> all, Predicate<Publication> suspect) {
        return all.stream().filter(suspect).toList();
    }

    private static Map<Publication, PublishException.Kind> verdict(List<Publication> on, PublishException.Kind kind) {
        Map<Publication, PublishException.Kind> verdict = new HashMap<>();
        on.forEach(one -> verdict.put(one, kind));
        return verdict;
    }
}
