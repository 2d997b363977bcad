package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java blocks of MIGRATING.md, one after the other, are a program that compiles. */
class MigratingSamplesTest {

    private static final Pattern BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

    /** What a reader of the page has around it. */
    private static final String AROUND = """
            import dev.dowel.remotemodel.*;
            import dev.dowel.remotemodel.jpa.*;
            import jakarta.persistence.*;
            import java.net.URI;
            import java.util.*;
            import java.util.concurrent.atomic.*;
            import java.util.function.*;

            abstract class Sample {
                @Entity
                static class Book {
                    @Id
                    Long id;

                    Long getId() {
                        return id;
                    }
                }

                abstract void count(String counter, String entity, String path);

                abstract void repairLater(String entity, String id);

                void sample(EntityManagerFactory entityManagerFactory) {
            %s
                }
            }
            """;

    @TempDir
    Path classes;

    @Test
    void the_samples_of_the_page_compile() throws IOException {
        List<String> blocks = BLOCK.matcher(Files.readString(Path.of("MIGRATING.md")))
                .results()
                .map(match -> match.group(1))
                .toList();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        JavaFileObject source =
                new SimpleJavaFileObject(URI.create("string:///Sample.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return AROUND.formatted(String.join("\n", blocks));
                    }
                };
        List<String> options =
                List.of("-d", classes.toString(), "-proc:none", "-cp", System.getProperty("java.class.path"));
        ToolProvider.getSystemJavaCompiler()
                .getTask(new StringWriter(), null, found, options, null, List.of(source))
                .call();

        assertThat(blocks).hasSize(5);
        assertThat(found.getDiagnostics()).isEmpty();
    }
}
