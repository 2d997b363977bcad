package dev.dowel.messaging.internal;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.AddressResolver;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DnsRecordIpAddressResolver;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where brokers are and how to log in, as the RabbitMQ URI specification has it, extended to several hosts separated by
 * commas. No message of an exception holds any part of the URI but a host's name.
 */
final class BrokerAddress {
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]");
    /** What Kubernetes puts into the port's variable where a service is named rabbitmq. */
    private static final Pattern SERVICE_LINK = Pattern.compile("tcp://(?:[0-9.]+|\\[?[0-9A-Fa-f:]+]?):([0-9]{1,5})");

    private static final String URI_VARIABLE = "RABBITMQ_URI";
    private static final String FORM = "give amqp://user:password@host:port/vhost, or amqps://";
    private static final int PORT = 5672;
    private static final int TLS_PORT = 5671;

    private final boolean tls;
    private final String username;
    private final String password;
    private final List<Address> hosts;
    private final String vhost;

    private BrokerAddress(boolean tls, String username, String password, List<Address> hosts, String vhost) {
        this.tls = tls;
        this.username = username;
        this.password = password;
        this.hosts = List.copyOf(hosts);
        this.vhost = vhost;
    }

    static BrokerAddress parse(String uri) {
        boolean tls = uri.startsWith("amqps://");
        if (!tls && !uri.startsWith("amqp://")) {
            throw new IllegalArgumentException("The broker's URI starts with neither amqp:// nor amqps://: " + FORM);
        }
        String rest = uri.substring(uri.indexOf("//") + 2);
        if (rest.indexOf('?') >= 0 || rest.indexOf('#') >= 0) {
            throw new IllegalArgumentException(
                    "The broker's URI has a query or fragment, which is not supported: " + FORM);
        }
        int slash = rest.indexOf('/');
        if (slash >= 0 && rest.indexOf('@', slash) >= 0) {
            throw new IllegalArgumentException(
                    "The broker's URI has an @ behind its first slash: write / as %2F in user"
                            + " and password, and @ as %40 in the vhost; " + FORM);
        }
        String vhost = slash < 0 || slash == rest.length() - 1 ? "/" : decode(rest.substring(slash + 1));
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        int at = authority.lastIndexOf('@');
        String login = at < 0 ? "guest:guest" : authority.substring(0, at);
        int colon = login.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("The broker's URI names a user without a password: " + FORM);
        }
        return new BrokerAddress(
                tls,
                decode(login.substring(0, colon)),
                decode(login.substring(colon + 1)),
                hosts(authority.substring(at + 1), tls ? TLS_PORT : PORT),
                vhost);
    }

    static BrokerAddress fromEnvironment(Map<String, String> variables) {
        String uri = variables.get(URI_VARIABLE);
        if (uri != null) {
            try {
                return parse(uri);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(URI_VARIABLE + " is wrong. " + e.getMessage(), e);
            }
        }
        String host = variables.get("RABBITMQ_HOST");
        if (host == null || host.isBlank()) {
            throw new IllegalArgumentException("Neither RABBITMQ_URI nor RABBITMQ_HOST is set: " + FORM);
        }
        if (!HOST.matcher(host).matches()) {
            throw new IllegalArgumentException("RABBITMQ_HOST is wrong: give the name of one host, without port or"
                    + " user, or give a whole URI in RABBITMQ_URI");
        }
        return new BrokerAddress(
                false,
                variables.getOrDefault("RABBITMQ_USERNAME", "guest"),
                variables.getOrDefault("RABBITMQ_PASSWORD", "guest"),
                List.of(new Address(host, port(variables.get("RABBITMQ_PORT")))),
                variables.getOrDefault("RABBITMQ_VHOST", "/"));
    }

    private static int port(@Nullable String text) {
        if (text == null) {
            return PORT;
        }
        Matcher link = SERVICE_LINK.matcher(text);
        try {
            return checkPort(Integer.parseInt(link.matches() ? link.group(1) : text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("RABBITMQ_PORT is wrong: give a number of 1 to 65535", e);
        }
    }

    private static int checkPort(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("A port is 1 to 65535");
        }
        return port;
    }

    private static List<Address> hosts(String text, int defaultPort) {
        List<Address> hosts = new ArrayList<>();
        for (String host : text.split(",", -1)) {
            int colon = host.startsWith("[") ? host.indexOf(':', Math.max(0, host.indexOf(']'))) : host.indexOf(':');
            String name = colon < 0 ? host : host.substring(0, colon);
            if (!HOST.matcher(name).matches()) {
                throw new IllegalArgumentException("The broker's URI names no host where one is expected: " + FORM);
            }
            try {
                hosts.add(new Address(
                        name, colon < 0 ? defaultPort : checkPort(Integer.parseInt(host.substring(colon + 1)))));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("The broker's URI has a wrong port for host " + name + ": " + FORM);
            }
        }
        return hosts;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("The broker's URI has a wrong percent encoding: " + FORM);
        }
    }

    List<Address> hosts() {
        return hosts;
    }

    void configure(ConnectionFactory factory) {
        factory.setUsername(username);
        factory.setPassword(password);
        factory.setVirtualHost(vhost);
    }

    boolean tls() {
        return tls;
    }

    /** Returns everything the hosts' names stand for now, in random order; the client tries one after the other. */
    AddressResolver resolver() {
        return () -> {
            List<Address> all = new ArrayList<>();
            UnknownHostException unknown = new UnknownHostException("no host");
            for (Address host : hosts) {
                try {
                    all.addAll(new DnsRecordIpAddressResolver(host, tls).getAddresses());
                } catch (UnknownHostException e) {
                    unknown = e;
                }
            }
            if (all.isEmpty()) {
                throw unknown;
            }
            Collections.shuffle(all);
            return all;
        };
    }

    /** Returns the hosts and the vhost, never the user or the password. */
    @Override
    public String toString() {
        return (tls ? "amqps://" : "amqp://")
                + String.join(",", hosts.stream().map(Address::toString).toList()) + " vhost " + vhost;
    }
}
