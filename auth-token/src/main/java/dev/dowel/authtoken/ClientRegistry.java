package dev.dowel.authtoken;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The clients that may call, each with one or more hashed secrets; never empty. Immutable. Digests cannot be read out.
 */
public final class ClientRegistry {

    private final Map<String, List<HashedSecret>> configured;
    private final Map<String, List<HashedSecret>> clients;
    private final List<HashedSecret> unknown;

    /** Every client gets as many entries to compare with as the one with most, so that the work shows nothing. */
    ClientRegistry(Map<String, List<HashedSecret>> clients) {
        this.configured = clients;
        int most = clients.values().stream().mapToInt(List::size).max().orElse(1);
        Map<String, List<HashedSecret>> padded = new HashMap<>();
        this.unknown = Stream.generate(HashedSecret::dummy).limit(most).toList();
        clients.forEach((id, secrets) -> padded.put(id, padded(secrets)));
        this.clients = Map.copyOf(padded);
    }

    /**
     * Reads the configuration text: one secret per line, or several separated by commas; {@code #} at the start of a word
     * begins a comment, which ends with the line. A secret is a client id, the digest, and attributes in any order:
     *
     * <pre>{@code
     * billing {sha256}BASE64 label=2026-10 expires=2027-01-01T00:00:00Z scopes=orders:read+orders:write
     * billing {sha256}BASE64 label=2026-12 not-before=2026-12-01T00:00:00Z
     * }</pre>
     *
     * A client may have several secrets, at most 32, with different labels; scopes belong to the client, so where two of its lines
     * state scopes they state the same. {@code disabled=true} switches a secret off. Times are instants of ISO 8601;
     * {@code not-before} is inclusive, {@code expires} exclusive. {@link TokenGenerator} prints lines to paste.
     *
     * @param text the configuration
     * @return the clients
     * @throws IllegalArgumentException if the text has no client or a line is wrong; the message gives the line number
     *     and the problem, and nothing that stands in the text
     */
    public static ClientRegistry parse(String text) {
        Objects.requireNonNull(text, "text");
        return new ClientRegistryParser().parse(text);
    }

    /**
     * Returns the ids of the clients.
     *
     * @return an immutable set, not empty
     */
    public Set<String> clientIds() {
        return clients.keySet();
    }

    /**
     * Returns how many clients there are.
     *
     * @return a text without digests
     */
    @Override
    public String toString() {
        return "ClientRegistry[" + clients.size() + " clients]";
    }

    /** Returns the same clients, whose secrets know when they were last used before, by verifier. */
    ClientRegistry remembering(@Nullable ClientRegistry before) {
        Map<String, List<HashedSecret>> secrets = new LinkedHashMap<>();
        configured.forEach((id, all) -> secrets.put(
                id,
                all.stream()
                        .map(secret -> secret.remembering(before == null ? null : before.same(id, secret)))
                        .toList()));
        return new ClientRegistry(secrets);
    }

    List<SecretStatus> statuses() {
        return configured.values().stream()
                .flatMap(List::stream)
                .map(HashedSecret::status)
                .toList();
    }

    private @Nullable HashedSecret same(String id, HashedSecret secret) {
        return configured.getOrDefault(id, List.of()).stream()
                .filter(secret::isSameAs)
                .findFirst()
                .orElse(null);
    }

    @Nullable
    List<HashedSecret> secrets(String clientId) {
        return clients.get(clientId);
    }

    List<HashedSecret> secretsOfUnknown() {
        return unknown;
    }

    private List<HashedSecret> padded(List<HashedSecret> secrets) {
        List<HashedSecret> all = new ArrayList<>(secrets);
        all.addAll(unknown.subList(secrets.size(), unknown.size()));
        return List.copyOf(all);
    }
}
