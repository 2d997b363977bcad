package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What can be set stands in the pages of the module. */
class DocumentedOptionsTest {

    private static final Pattern CODE = Pattern.compile("(?s)```java.*?```|`[^`\n]+`");
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9]+");

    /** The words that stand as code in the README and the page on migrations. */
    private static Set<String> named() throws IOException {
        Set<String> words = new TreeSet<>();
        for (String page : List.of("README.md", "MIGRATING.md")) {
            Matcher code = CODE.matcher(Files.readString(Path.of(page)));
            while (code.find()) {
                WORD.matcher(code.group()).results().forEach(word -> words.add(word.group()));
            }
        }
        return words;
    }

    private static List<Class<?>> builders() throws Exception {
        Path classes = Path.of(RemoteModel.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (Stream<Path> files = Files.walk(classes)) {
            List<Class<?>> builders = new ArrayList<>();
            for (Path file : files.filter(each -> each.toString().endsWith("Builder.class"))
                    .toList()) {
                String name = classes.relativize(file).toString();
                Class<?> type = Class.forName(
                        name.substring(0, name.length() - ".class".length()).replace('/', '.'));
                if (Modifier.isPublic(type.getModifiers())) {
                    builders.add(type);
                }
            }
            return builders;
        }
    }

    private static Set<String> optionsOf(Class<?> type) {
        return Stream.of(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .map(Method::getName)
                .filter(name -> !name.equals("build"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void every_option_of_every_builder_is_named() throws Exception {
        Set<String> named = named();
        assertThat(builders()).hasSizeGreaterThanOrEqualTo(8).contains(InMemoryRepository.Builder.class);
        assertThat(builders()).allSatisfy(type -> assertThat(named).containsAll(optionsOf(type)));
    }

    @Test
    void every_view_of_a_model_and_every_setting_of_a_retry_policy_is_named() throws Exception {
        Set<String> settings = optionsOf(RetryPolicy.class);
        settings.removeIf(name -> !name.startsWith("with"));

        assertThat(settings).hasSize(3);
        assertThat(named()).containsAll(settings).contains("tryGetAll");
        assertThat(named())
                .containsAll(Stream.of(RemoteModel.class.getDeclaredMethods())
                        .filter(method ->
                                Modifier.isPublic(method.getModifiers()) && method.getReturnType() == RemoteModel.class)
                        .map(Method::getName)
                        .toList());
    }
}
