package dev.dowel.authtoken;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the configuration text of {@link ClientRegistry#parse}. Messages never repeat a part of the text. */
final class ClientRegistryParser {

    private static final Pattern COMMENT = Pattern.compile("(^|[ \t,])#.*", Pattern.DOTALL);
    private static final Pattern BLANKS = Pattern.compile("[ \t]+");
    private static final String HASH = "{sha256}";
    private static final int MOST_SECRETS = 32;

    private final Map<String, List<Entry>> clients = new LinkedHashMap<>();

    private record Entry(
            int line,
            ByteBuffer digest,
            @Nullable String label,
            @Nullable Set<String> scopes,
            Instant notBefore,
            Instant expires,
            boolean disabled) {}

    ClientRegistry parse(String text) {
        String[] lines = text.split("\r?\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = COMMENT.matcher(lines[i]).replaceFirst("");
            for (String entry : line.split(",", -1)) {
                String stripped = entry.strip();
                if (!stripped.isEmpty()) {
                    add(i + 1, stripped);
                }
            }
        }
        if (clients.isEmpty()) {
            throw new IllegalArgumentException(
                    "no clients configured: at least one line 'client {sha256}digest' is needed");
        }
        Map<String, List<HashedSecret>> secrets = new LinkedHashMap<>();
        clients.forEach((id, entries) -> secrets.put(id, hashed(id, entries)));
        return new ClientRegistry(secrets);
    }

    private void add(int line, String text) {
        String[] words = BLANKS.split(text);
        if (!ClientId.isValid(words[0])) {
            throw wrong(line, "the client id must be [A-Za-z0-9][A-Za-z0-9._-]{0,63}");
        }
        if (words.length < 2 || !words[1].startsWith(HASH)) {
            throw wrong(
                    line, "the client id must be followed by {sha256} and a digest; TokenGenerator prints such a line");
        }
        byte[] digest = StrictBase64.decode(words[1].substring(HASH.length()));
        if (digest == null || digest.length != Sha256.LENGTH) {
            throw wrong(line, "the digest must be the Base64 form of exactly 32 bytes");
        }
        Entry entry = entry(line, ByteBuffer.wrap(digest), attributes(line, words));
        List<Entry> others = clients.computeIfAbsent(words[0], id -> new ArrayList<>());
        if (others.size() == MOST_SECRETS) {
            throw wrong(line, "the client has more than " + MOST_SECRETS + " secrets; take old ones away");
        }
        for (Entry other : others) {
            compare(other, entry);
        }
        others.add(entry);
    }

    private static Map<String, String> attributes(int line, String[] words) {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (int i = 2; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            String name = words[i].substring(0, Math.max(equals, 0));
            if (!Set.of("label", "expires", "not-before", "scopes", "disabled").contains(name)) {
                throw wrong(line, "word " + (i + 1) + " must be label=, expires=, not-before=, scopes= or disabled=");
            }
            if (attributes.put(name, words[i].substring(equals + 1)) != null) {
                throw wrong(line, name + " stands twice");
            }
        }
        return attributes;
    }

    private static Entry entry(int line, ByteBuffer digest, Map<String, String> attributes) {
        String label = attributes.get("label");
        if (label != null && !ClientId.isValid(label)) {
            throw wrong(line, "label must be [A-Za-z0-9][A-Za-z0-9._-]{0,63}");
        }
        Instant notBefore = instant(line, attributes, "not-before", Instant.MIN);
        Instant expires = instant(line, attributes, "expires", Instant.MAX);
        if (!notBefore.isBefore(expires)) {
            throw wrong(line, "not-before must lie before expires");
        }
        String disabled = attributes.getOrDefault("disabled", "false");
        if (!disabled.equals("true") && !disabled.equals("false")) {
            throw wrong(line, "disabled must be true or false");
        }
        Set<String> scopes = scopes(line, attributes.get("scopes"));
        return new Entry(line, digest, label, scopes, notBefore, expires, disabled.equals("true"));
    }

    private static Instant instant(int line, Map<String, String> attributes, String name, Instant otherwise) {
        String value = attributes.get(name);
        try {
            return value == null ? otherwise : Instant.parse(value);
        } catch (DateTimeParseException e) {
            // Without the cause: its message repeats the value.
            throw wrong(line, name + " must be an instant like 2027-01-01T00:00:00Z");
        }
    }

    private static @Nullable Set<String> scopes(int line, @Nullable String value) {
        if (value == null) {
            return null;
        }
        String[] scopes = value.split("\\+", -1);
        if (!Arrays.stream(scopes).allMatch(Scope::isValid)) {
            throw wrong(line, "scopes must be scope tokens of RFC 6749 separated by +");
        }
        return Set.copyOf(Arrays.asList(scopes));
    }

    private static void compare(Entry other, Entry entry) {
        if (other.digest.equals(entry.digest)) {
            throw wrong(entry.line, "repeats the secret of line " + other.line);
        }
        if (entry.label != null && entry.label.equals(other.label)) {
            throw wrong(entry.line, "repeats the label of line " + other.line);
        }
        if (entry.scopes != null && other.scopes != null && !entry.scopes.equals(other.scopes)) {
            throw wrong(entry.line, "states other scopes than line " + other.line + "; scopes belong to the client");
        }
    }

    private static List<HashedSecret> hashed(String id, List<Entry> entries) {
        Set<String> scopes = Set.of();
        for (Entry entry : entries) {
            scopes = entry.scopes == null ? scopes : entry.scopes;
        }
        List<HashedSecret> secrets = new ArrayList<>();
        for (Entry entry : entries) {
            byte[] digest = new byte[Sha256.LENGTH];
            entry.digest.duplicate().get(digest);
            Map<String, String> attributes = entry.label == null ? Map.of() : Map.of("secret", entry.label);
            var accepted = new Verification.Accepted(new ServicePrincipal(id, scopes, attributes));
            secrets.add(new HashedSecret(digest, entry.notBefore, entry.expires, entry.disabled, accepted));
        }
        return secrets;
    }

    private static IllegalArgumentException wrong(int line, String problem) {
        return new IllegalArgumentException("line " + line + ": " + problem);
    }
}
