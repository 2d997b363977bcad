package dev.dowel.messaging.asyncapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * The official schema of AsyncAPI 3.0.0 documents, from the package that AsyncAPI publishes for that. It is fetched once
 * into the build folder and never kept with the sources.
 */
final class MetaSchema {
    private static final String PACKAGE = "@asyncapi/specs@6.11.1";
    private static final String ARCHIVE = "asyncapi-specs-6.11.1.tgz";
    private static final String ENTRY = "package/schemas/3.0.0.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonSchema schema;

    private MetaSchema(JsonSchema schema) {
        this.schema = schema;
    }

    static MetaSchema load() throws IOException, InterruptedException {
        Path folder = Files.createDirectories(Path.of("target", "asyncapi"));
        Path file = folder.resolve(ENTRY);
        if (!Files.exists(file)) {
            run(folder, "npm", "pack", "--prefer-offline", "--silent", PACKAGE);
            run(folder, "tar", "-xzf", ARCHIVE, ENTRY);
        }
        return new MetaSchema(schema(Files.readString(file)));
    }

    static JsonSchema schema(String json) {
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(json);
    }

    /** Returns what is wrong with a document, in a fixed order; empty if nothing is. */
    List<String> problems(String document) throws IOException {
        return problems(schema, JSON.readTree(document));
    }

    static List<String> problems(JsonSchema schema, JsonNode document) {
        TreeSet<String> problems = new TreeSet<>();
        schema.validate(document).forEach(problem -> problems.add(problem.getMessage()));
        return List.copyOf(problems);
    }

    private static void run(Path folder, String... command) throws IOException, InterruptedException {
        File output = folder.resolve(command[0] + ".log").toFile();
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output)
                    .start();
        } catch (IOException e) {
            throw new IOException(
                    command[0] + " is needed to fetch " + PACKAGE + " and was not found: install it (Debian: apt-get"
                            + " install " + command[0] + "), or put the file at " + folder.resolve(ENTRY),
                    e);
        }
        boolean ended = process.waitFor(2, TimeUnit.MINUTES);
        process.destroyForcibly();
        if (!ended || process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + " failed in " + folder.toAbsolutePath() + ": "
                    + Files.readString(output.toPath()));
        }
    }
}
