package dev.dowel.messaging.management;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dowel.messaging.Contract;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.MessagingException;
import dev.dowel.messaging.internal.Headers;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Tells which queues an event in one version still reaches, and which bindings of a queue nobody wants any more. It asks
 * the management plugin each time, with the caller's thread, and changes nothing unless {@link #pruneBindings} is called.
 * Safe for use by several threads.
 */
public final class BindingCheck {
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(10);

    private final ManagementApi api;

    private BindingCheck(ManagementApi api) {
        this.api = api;
    }

    /**
     * Starts to build.
     *
     * @param management where the management plugin is, such as {@code http://rabbit-1:15672/}; with the path prefix if it
     *     has one, without user, query and fragment
     * @param user a user with the tag {@code management} and permissions on the vhost
     * @param password the user's password
     * @return a builder
     * @throws IllegalArgumentException if it is no such address, or the user's name is empty or has a colon; the message
     *     holds neither
     */
    public static Builder builder(URI management, String user, String password) {
        return new Builder(management, user, password);
    }

    /**
     * Lists the queues that the broker would route the event to now, also through other exchanges. Their consumers may skip
     * it: what is finer than a word of the key is filtered by the library.
     *
     * @param exchange where the event is published
     * @param type the event and its version
     * @return the queues by name; empty if nobody is bound to it
     * @throws MessagingException if the plugin does not answer as expected, or the exchange does not exist
     */
    public List<BoundQueue> boundTo(String exchange, EventType<?> type) {
        Map<String, String> exchanges = new HashMap<>();
        api.list("exchanges", "name,type")
                .forEach(one -> exchanges.put(
                        one.path("name").asText(), one.path("type").asText()));
        if (!exchanges.containsKey(exchange)) {
            throw new MessagingException(
                    "There is no exchange " + Headers.shown(exchange) + " in vhost " + Headers.shown(api.vhost())
                            + ": check both names",
                    null);
        }
        Map<String, Set<String>> reached = reached(exchanges, exchange, type.routingKey());
        Map<String, Integer> consumers = reached.isEmpty() ? Map.of() : consumers();
        return reached.entrySet().stream()
                .map(one -> new BoundQueue(
                        one.getKey(), consumers.getOrDefault(one.getKey(), 0), List.copyOf(one.getValue())))
                .toList();
    }

    private Map<String, Set<String>> reached(Map<String, String> exchanges, String exchange, String key) {
        List<Binding> all = bindings();
        Map<String, Set<String>> queues = new TreeMap<>();
        Set<String> seen = new HashSet<>(Set.of(exchange));
        Deque<String> open = new ArrayDeque<>(Set.of(exchange));
        while (!open.isEmpty()) {
            String source = open.remove();
            String type = exchanges.getOrDefault(source, "");
            for (Binding binding : all) {
                if (!binding.source().equals(source) || !binding.takes(type, key)) {
                    continue;
                }
                if (binding.toQueue()) {
                    queues.computeIfAbsent(binding.destination(), queue -> new TreeSet<>())
                            .add(binding.routingKey());
                } else if (seen.add(binding.destination())) {
                    open.add(binding.destination());
                }
            }
        }
        return queues;
    }

    private Map<String, Integer> consumers() {
        Map<String, Integer> count = new HashMap<>();
        for (JsonNode consumer : api.list("consumers", "queue.name")) {
            count.merge(consumer.path("queue").path("name").asText(), 1, Integer::sum);
        }
        return count;
    }

    /**
     * Lists bindings of a subscription's queue that the subscription does not want: after a change of its ranges the
     * former ones stay, because nothing unbinds by itself. Other instances of the service may still want them.
     *
     * @param consumed the subscription, from {@code messaging.contract()}
     * @return the bindings by exchange and key; empty if all are wanted
     * @throws MessagingException if the plugin does not answer as expected
     */
    public List<StaleBinding> staleBindings(Contract.Consumed consumed) {
        return stale(consumed).stream().map(BindingCheck::shown).toList();
    }

    /**
     * Removes the bindings that {@link #staleBindings} lists. Call it when no instance of the service wants them: what is
     * published afterwards no longer reaches the queue by them, and what is in the queue stays there.
     *
     * @param consumed the subscription, from {@code messaging.contract()}
     * @return what was removed
     * @throws MessagingException if the plugin does not answer as expected or refuses; some may be removed by then
     */
    public List<StaleBinding> pruneBindings(Contract.Consumed consumed) {
        List<Binding> stale = stale(consumed);
        stale.forEach(api::unbind);
        return stale.stream().map(BindingCheck::shown).toList();
    }

    private List<Binding> stale(Contract.Consumed consumed) {
        return bindings().stream()
                .filter(binding -> binding.toQueue() && binding.destination().equals(consumed.queue()))
                // Every queue is bound to the default exchange, which cannot be undone.
                .filter(binding -> !binding.source().isEmpty())
                .filter(binding -> consumed.bindings().stream()
                        .noneMatch(wanted -> wanted.exchange().equals(binding.source())
                                && wanted.routingKeys().contains(binding.routingKey())))
                .sorted(Comparator.comparing(Binding::source).thenComparing(Binding::routingKey))
                .toList();
    }

    private static StaleBinding shown(Binding binding) {
        return new StaleBinding(binding.destination(), binding.source(), binding.routingKey());
    }

    private List<Binding> bindings() {
        return api.list("bindings", "source,destination,destination_type,routing_key,properties_key").stream()
                .map(Binding::of)
                .toList();
    }

    /** Collects options. For one thread. */
    public static final class Builder {
        private final String base;
        private final String authorization;
        private String vhost = "/";
        private Duration timeout = Duration.ofSeconds(10);

        private Builder(URI management, String user, String password) {
            String scheme =
                    Objects.requireNonNullElse(management.getScheme(), "").toLowerCase(Locale.ROOT);
            if (!(scheme.equals("http") || scheme.equals("https"))
                    || management.getHost() == null
                    || management.getRawUserInfo() != null
                    || management.getRawQuery() != null
                    || management.getRawFragment() != null) {
                throw new IllegalArgumentException(
                        "management is http://host:port/ or https://host:port/, without user,"
                                + " query and fragment: give user and password apart");
            }
            if (user.isEmpty() || user.indexOf(':') >= 0) {
                throw new IllegalArgumentException("user is not empty and has no colon");
            }
            String address = management.toString();
            this.base = (address.endsWith("/") ? address : address + "/") + "api/";
            this.authorization = "Basic "
                    + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        }

        /**
         * Sets the vhost.
         *
         * @param vhost default {@code /}
         * @return this builder
         * @throws IllegalArgumentException if it is empty
         */
        public Builder vhost(String vhost) {
            if (vhost.isEmpty()) {
                throw new IllegalArgumentException("vhost is not empty; the default one is /");
            }
            this.vhost = vhost;
            return this;
        }

        /**
         * Sets how long each request may take, the answer's body included.
         *
         * @param timeout 1 ms to 10 minutes; default 10 s
         * @return this builder
         * @throws IllegalArgumentException if it is anything else
         */
        public Builder timeout(Duration timeout) {
            if (timeout.toMillis() < 1 || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
                throw new IllegalArgumentException("timeout is 1 ms to 10 minutes, not " + timeout);
            }
            this.timeout = timeout;
            return this;
        }

        /**
         * Builds.
         *
         * @return a check, which has asked nothing yet
         */
        public BindingCheck build() {
            return new BindingCheck(new ManagementApi(base, authorization, vhost, timeout));
        }
    }
}
