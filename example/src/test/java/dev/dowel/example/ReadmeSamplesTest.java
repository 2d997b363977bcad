package dev.dowel.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every Java block of every page compiles against the modules as they are. */
class ReadmeSamplesTest {
    private static final Pattern BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

    /** What a reader of a sample has around it. */
    private static final String AROUND = """
            import com.fasterxml.jackson.databind.PropertyNamingStrategies;
            import com.fasterxml.jackson.databind.SerializationFeature;
            import com.fasterxml.jackson.databind.json.JsonMapper;
            import dev.dowel.authtoken.*;
            import dev.dowel.messaging.*;
            import dev.dowel.messaging.asyncapi.*;
            import dev.dowel.messaging.management.*;
            import dev.dowel.messaging.outbox.*;
            import dev.dowel.messaging.testing.*;
            import dev.dowel.ratelimit.*;
            import dev.dowel.remotemodel.*;
            import dev.dowel.remotemodel.JsonCodec;
            import dev.dowel.testservices.*;
            import io.github.resilience4j.circuitbreaker.CircuitBreaker;
            import jakarta.servlet.*;
            import jakarta.servlet.http.*;
            import static jakarta.servlet.DispatcherType.*;
            import jakarta.ws.rs.container.ContainerRequestContext;
            import jakarta.ws.rs.container.ContainerRequestFilter;
            import jakarta.ws.rs.container.ResourceInfo;
            import jakarta.ws.rs.core.Context;
            import jakarta.ws.rs.core.Response;
            import java.io.File;
            import java.net.*;
            import java.security.KeyStore;
            import java.util.function.Supplier;
            import java.sql.*;
            import java.time.*;
            import java.util.*;
            import java.util.concurrent.TimeUnit;
            import javax.net.ssl.*;
            import javax.sql.DataSource;
            import okhttp3.ConnectionPool;
            import okhttp3.OkHttpClient;

            abstract class Sample {
                record User(long id, String name, String nick) {}

                RemoteModel<User, Long> model;
                Supplier<String> tokens = () -> "token";
                abstract void forget(long id);
                abstract void greet(String name);
                abstract void sample(ServletContext servletContext, DataSource dataSource) throws Exception;

                static abstract class Filled extends Sample {
                    @Override
                    void sample(ServletContext servletContext, DataSource dataSource) throws Exception {
            %s
                    }
                }
            }
            """;

    @TempDir
    Path classes;

    @ParameterizedTest
    @CsvSource({
        "README.md, 4",
        "remote-model/README.md, 1",
        "messaging/README.md, 1",
        "messaging/VERSIONS.md, 5",
        "messaging/OPERATIONS.md, 1",
        "auth-token/README.md, 4",
        "rate-limit/README.md, 1",
        "test-services/README.md, 1",
        "docs/from-django.md, 2",
        "docs/proxies-and-tls.md, 2"
    })
    void every_sample_of_a_readme_compiles(String readme, int atLeast) throws IOException {
        String text = Files.readString(Path.of("..").resolve(readme));
        List<String> blocks = BLOCK.matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();

        assertThat(blocks).hasSizeGreaterThanOrEqualTo(atLeast);
        assertThat(blocks).allSatisfy(block -> assertThat(errors(block)).isEmpty());
    }

    private List<String> errors(String block) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        JavaFileObject source =
                new SimpleJavaFileObject(URI.create("string:///Sample.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return AROUND.formatted(block);
                    }
                };
        boolean good = compiler.getTask(
                        new StringWriter(),
                        null,
                        found,
                        List.of("-d", classes.toString(), "-proc:none", "-cp", System.getProperty("java.class.path")),
                        null,
                        List.of(source))
                .call();
        return good
                ? List.of()
                : found.getDiagnostics().stream()
                        .map(problem -> problem.getMessage(null) + " in:\n" + block)
                        .toList();
    }
}
