package dev.dowel.authtoken;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/** Reads the clients from the environment. Messages name the variable and never its value, nor causes that do. */
final class EnvironmentClients {

    private static final String TEXT = "CLIENT_TOKENS";
    private static final String FILE = "CLIENT_TOKENS_FILE";
    private static final int LIMIT = 1 << 20;

    private EnvironmentClients() {}

    static ClientRegistry read(Map<String, String> environment) {
        String text = environment.getOrDefault(TEXT, "");
        String file = environment.getOrDefault(FILE, "");
        if (text.isBlank() == file.isBlank()) {
            throw new IllegalStateException("set exactly one of " + TEXT + " and " + FILE + "; now "
                    + (text.isBlank() ? "neither is" : "both are"));
        }
        return text.isBlank() ? parse(FILE, content(file)) : parse(TEXT, text);
    }

    private static ClientRegistry parse(String variable, String text) {
        try {
            return ClientRegistry.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(variable + ": " + e.getMessage(), e);
        }
    }

    private static String content(String file) {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            byte[] bytes = in.readNBytes(LIMIT + 1);
            if (bytes.length > LIMIT) {
                throw new IllegalStateException(FILE + ": the file is larger than 1 MiB");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalStateException(FILE + ": the file is not valid UTF-8");
        } catch (IOException | InvalidPathException e) {
            throw new IllegalStateException(
                    FILE + ": the file cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }
}
