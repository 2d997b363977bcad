package dev.dowel.remotemodel;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The other services of a program by name, from the environment variable {@code REMOTE_SERVICES}, for example {@code
 * pizza=https://pizza.internal users=https://users.internal}.
 */
public final class RemoteServices implements AutoCloseable {

    private static final String VARIABLE = "REMOTE_SERVICES";

    private final Map<String, URI> baseUrls;
    private final ConcurrentHashMap<String, RemoteService> services = new ConcurrentHashMap<>();

    private RemoteServices(Map<String, URI> baseUrls) {
        this.baseUrls = baseUrls;
    }

    /**
     * Reads {@code REMOTE_SERVICES}: pairs of {@code name=url}, separated by blanks or commas.
     *
     * @return the services
     * @throws IllegalStateException when the variable is not set or not like that; the message names the service and not its
     *     URL, which may hold a password
     */
    public static RemoteServices fromEnvironment() {
        return parse(System.getenv(VARIABLE));
    }

    static RemoteServices parse(@Nullable String text) {
        if (text == null || text.isBlank()) {
            throw new IllegalStateException(
                    VARIABLE + " is not set; expected name=url pairs, such as" + " users=https://users.internal");
        }
        Map<String, URI> baseUrls = new LinkedHashMap<>();
        for (String pair : text.strip().split("[\\s,]+", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new IllegalStateException(VARIABLE + " has an entry without a name; expected name=url pairs");
            }
            String name = pair.substring(0, equals);
            URI url = url(name, pair.substring(equals + 1));
            if (baseUrls.put(name, url) != null) {
                throw new IllegalStateException(VARIABLE + " has two entries for " + name);
            }
        }
        return new RemoteServices(baseUrls);
    }

    private static URI url(String name, String text) {
        String problem;
        try {
            URI url = new URI(text);
            RemoteService.builder(name, url);
            return url;
        } catch (URISyntaxException e) {
            problem = "the URL is not well-formed";
        } catch (IllegalArgumentException e) {
            problem = String.valueOf(e.getMessage());
        }
        throw new IllegalStateException(
                VARIABLE + " has a wrong entry for " + name.replaceAll("[^A-Za-z0-9._~-]", "?") + ": " + problem);
    }

    /**
     * Returns the service with all options at their defaults; the same one for the same name.
     *
     * @param name the service's name
     * @return the service, closed by {@link #close()}
     * @throws IllegalArgumentException when there is none of this name
     */
    public RemoteService service(String name) {
        return services.computeIfAbsent(name, n -> builder(n).build());
    }

    /**
     * Starts the options of a service with its base URL, for services that need other than the defaults. What it builds is
     * the caller's to close.
     *
     * @param name the service's name
     * @return the options
     * @throws IllegalArgumentException when there is none of this name
     */
    public RemoteService.Builder builder(String name) {
        URI url = baseUrls.get(name);
        if (url == null) {
            throw new IllegalArgumentException(VARIABLE + " has no service " + name + ", only " + baseUrls.keySet());
        }
        return RemoteService.builder(name, url);
    }

    /** Closes the services that {@link #service} made. Closing twice does nothing. */
    @Override
    public void close() {
        services.values().forEach(RemoteService::close);
    }

    /** Returns the names. */
    @Override
    public String toString() {
        return "RemoteServices" + baseUrls.keySet();
    }
}
