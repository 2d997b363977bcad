package dev.dowel.authtoken;

import java.security.Principal;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A service that has shown a good token. Immutable.
 *
 * @param name the client id, not empty
 * @param scopes what the client may do; {@code isUserInRole} answers from these
 * @param attributes what the verifier adds; {@link ClientTokenVerifier} sets {@code secret} to the label of the secret
 *     that matched, if it has one
 */
public record ServicePrincipal(String name, Set<String> scopes, Map<String, String> attributes) implements Principal {

    /**
     * Copies the collections.
     *
     * @param name the client id, not empty
     * @param scopes what the client may do, without nulls
     * @param attributes what the verifier adds, without nulls
     * @throws IllegalArgumentException if the name is empty
     */
    public ServicePrincipal {
        Objects.requireNonNull(name, "name");
        scopes = Set.copyOf(scopes);
        attributes = Map.copyOf(attributes);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name must not be empty");
        }
    }

    /**
     * Returns the same as {@link #name()}.
     *
     * @return the client id
     */
    @Override
    public String getName() {
        return name;
    }

    /**
     * Returns name and scopes; attributes stay out, because another verifier may put personal data there.
     *
     * @return a text for logs
     */
    @Override
    public String toString() {
        return "ServicePrincipal[name=" + name + ", scopes=" + scopes + "]";
    }
}
