package dev.dowel.testservices;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where locally installed programs are looked for: the folders in the environment variable {@code DOWEL_SERVICES_PATH}
 * if it is set, else where packages put them, then {@code PATH}.
 */
final class Programs {
    static final String VARIABLE = "DOWEL_SERVICES_PATH";

    private final List<Path> folders;

    Programs(Map<String, String> environment) {
        String only = environment.get(VARIABLE);
        this.folders = only == null || only.isEmpty() ? usual(environment.getOrDefault("PATH", "")) : split(only);
    }

    static Programs installed() {
        return new Programs(System.getenv());
    }

    Optional<Path> find(String name) {
        return folders.stream()
                .map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static List<Path> usual(String path) {
        List<Path> folders = new ArrayList<>();
        folders.add(Path.of("/usr/lib/rabbitmq/bin"));
        Path postgresql = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(postgresql)) {
            try (Stream<Path> versions = Files.list(postgresql)) {
                versions.sorted(Comparator.comparing((Path version) ->
                                        number(version.getFileName().toString()))
                                .reversed())
                        .forEach(version -> folders.add(version.resolve("bin")));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        folders.addAll(split(path));
        folders.addAll(List.of(Path.of("/usr/local/sbin"), Path.of("/opt/homebrew/sbin"), Path.of("/usr/sbin")));
        return folders;
    }

    private static double number(String version) {
        try {
            return Double.parseDouble(version);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static List<Path> split(String path) {
        return Stream.of(path.split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(Path::of)
                .toList();
    }
}
