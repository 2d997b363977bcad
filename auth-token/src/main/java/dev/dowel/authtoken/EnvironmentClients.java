package dev.dowel.authtoken;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes verifiers from the environment. Messages name the variable and never its value, nor causes that do. */
final class EnvironmentClients {

    private static final String TEXT = "CLIENT_TOKENS";
    private static final String FILE = "CLIENT_TOKENS_FILE";

    private EnvironmentClients() {}

    static ClientTokenVerifier verifier(Map<String, String> environment, @Nullable AuthenticationListener listener) {
        String text = environment.getOrDefault(TEXT, "");
        String file = environment.getOrDefault(FILE, "");
        if (text.isBlank() == file.isBlank()) {
            throw new IllegalStateException("set exactly one of " + TEXT + " and " + FILE + "; now "
                    + (text.isBlank() ? "neither is" : "both are"));
        }
        return text.isBlank() ? ofFile(file, listener) : ofText(text, listener);
    }

    private static ClientTokenVerifier ofText(String text, @Nullable AuthenticationListener listener) {
        try {
            return new ClientTokenVerifier(ClientRegistry.parse(text), Clock.systemUTC(), new Sha256(), listener);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(TEXT + ": " + e.getMessage(), e);
        }
    }

    private static ClientTokenVerifier ofFile(String file, @Nullable AuthenticationListener listener) {
        try {
            return new ClientTokenVerifier(
                    Path.of(file), ClientTokenVerifier.DEFAULT_POLL, Clock.systemUTC(), listener);
        } catch (InvalidPathException e) {
            throw new IllegalStateException(FILE + ": the file cannot be read (InvalidPathException)");
        } catch (IllegalStateException e) {
            throw new IllegalStateException(FILE + ": " + e.getMessage());
        }
    }
}
