package dev.dowel.testservices;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A temporary folder that holds all of one private service. */
final class Folder {
    private final Path path;

    private Folder(Path path) {
        this.path = path;
    }

    static Folder create(String name) {
        return create(Path.of(System.getProperty("java.io.tmpdir")), name);
    }

    static Folder create(Path parent, String name) {
        try {
            return new Folder(Files.createTempDirectory(parent, "dowel-" + name + "-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path path() {
        return path;
    }

    Path file(String name) {
        return path.resolve(name);
    }

    Path write(String name, String text) {
        try {
            return Files.writeString(file(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the last lines of a file, for an error message. */
    String tail(String name) {
        try {
            List<String> lines = Files.exists(file(name)) ? Files.readAllLines(file(name)) : List.of();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return "(its log cannot be read: " + e.getClass().getSimpleName() + ")";
        }
    }

    /** Deletes what can be deleted; a dying process may still be writing, so a rest may stay in the temporary folder. */
    void delete() {
        try (Stream<Path> files = Files.walk(path)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            path.toFile().deleteOnExit();
        }
    }
}
