package dev.dowel.messaging.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was sent on a channel and is not settled yet, in the order of its numbers. Whoever takes a publication out settles
 * it; nobody else gets it. Safe for use by several threads.
 */
final class Unconfirmed {
    private final Map<Long, Publication> byNumber = new LinkedHashMap<>();
    /** The newest of each message id; the older ones hang on it. */
    private final Map<@Nullable String, Publication> byId = new HashMap<>();

    /** Adds a publication; its number is greater than any before. */
    synchronized void add(long number, Publication one) {
        one.sentAs(number);
        byNumber.put(number, one);
        one.sameId(byId.put(one.messageId(), one));
    }

    /** Takes out what a confirm is about: one number, or all up to it. */
    synchronized List<Publication> take(long number, boolean multiple) {
        if (!multiple) {
            Publication one = byNumber.remove(number);
            if (one == null) {
                return List.of();
            }
            forget(one);
            return List.of(one);
        }
        List<Publication> taken = new ArrayList<>();
        Iterator<Publication> oldest = byNumber.values().iterator();
        while (oldest.hasNext()) {
            Publication one = oldest.next();
            if (one.number() > number) {
                break;
            }
            oldest.remove();
            forget(one);
            taken.add(one);
        }
        return taken;
    }

    /** Takes out one publication; returns false if somebody else has done so. */
    synchronized boolean take(Publication one) {
        if (!byNumber.remove(one.number(), one)) {
            return false;
        }
        forget(one);
        return true;
    }

    private void forget(Publication one) {
        Publication newest = byId.get(one.messageId());
        if (newest == one) {
            Publication older = one.sameId();
            if (older == null) {
                byId.remove(one.messageId());
            } else {
                byId.put(one.messageId(), older);
            }
        } else {
            for (Publication each = newest; each != null; each = each.sameId()) {
                if (each.sameId() == one) {
                    each.sameId(one.sameId());
                }
            }
        }
        one.sameId(null);
    }

    /**
     * Marks what the broker has returned. A return names no number, so of several with the same id and address all are
     * marked: better to report a message that was kept than to confirm one that was not.
     */
    synchronized void returned(String exchange, String routingKey, @Nullable String messageId) {
        for (Publication one = byId.get(messageId); one != null; one = one.sameId()) {
            if (routingKey.equals(one.routingKey()) && exchange.equals(one.exchange())) {
                one.returned();
            }
        }
    }

    /** Returns a copy, the oldest first. */
    synchronized List<Publication> all() {
        return List.copyOf(byNumber.values());
    }

    synchronized Optional<Publication> oldest() {
        return byNumber.isEmpty()
                ? Optional.empty()
                : Optional.of(byNumber.values().iterator().next());
    }
}
