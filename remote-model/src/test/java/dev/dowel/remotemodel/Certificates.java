package dev.dowel.remotemodel;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Authorities of the test's own and what they sign, made with the commands of docs/proxies-and-tls.md in a folder. */
final class Certificates {

    static final String PASSWORD = "password";

    private static final Pattern BLOCK = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);
    private static final Path PAGE = Path.of("..", "docs", "proxies-and-tls.md");

    private final Path folder;

    Certificates(Path folder) {
        this.folder = folder;
    }

    /** Makes {@code NAME.p12} and {@code NAME.crt}. */
    void authority(String name) throws Exception {
        run("keytool -genkeypair -alias ours -keyalg EC -dname CN=" + name + " -ext bc:c" + store(name));
        run("keytool -exportcert -rfc -alias ours -file " + name + ".crt" + store(name));
    }

    /** Makes {@code NAME.p12} with a certificate that the authority has signed. */
    void issue(String authority, String name, String... extensions) throws Exception {
        run("keytool -genkeypair -alias " + name + " -keyalg EC -dname CN=" + name + store(name));
        run("keytool -certreq -alias " + name + " -file " + name + ".csr" + store(name));
        sign(authority, name, extensions);
        run("keytool -importcert -noprompt -alias ours -file " + authority + ".crt" + store(name));
        run("keytool -importcert -noprompt -alias " + name + " -file " + name + ".crt" + store(name));
    }

    private static String store(String name) {
        return " -keystore " + name + ".p12 -storepass " + PASSWORD;
    }

    private void sign(String authority, String name, String... extensions) throws Exception {
        StringBuilder command = new StringBuilder("keytool -gencert -rfc -alias ours -infile " + name + ".csr -outfile "
                + name + ".crt" + store(authority));
        for (String extension : extensions) {
            command.append(" -ext ").append(extension);
        }
        run(command.toString());
    }

    /** Runs what the page has for a tool, with other file names than there; the request that it makes is signed. */
    void commandsOfThePage(String tool, String... namesAndOthers) throws Exception {
        List<String> commands = BLOCK.matcher(Files.readString(PAGE))
                .results()
                .flatMap(block -> block.group(1).lines())
                .filter(line -> line.startsWith(tool + " "))
                .toList();
        if (commands.isEmpty()) {
            throw new IllegalStateException(PAGE + " has no command for " + tool);
        }
        for (String command : commands) {
            String adapted = command;
            for (int i = 0; i < namesAndOthers.length; i += 2) {
                adapted = adapted.replace(namesAndOthers[i], namesAndOthers[i + 1]);
            }
            run(adapted);
            if (command.contains(" -certreq ")) {
                sign("authority", "orders", "eku=clientAuth");
            }
        }
    }

    /** Writes the key of the page's store as a PEM file. */
    void key(String alias) throws Exception {
        KeyStore store = KeyStore.getInstance(folder.resolve("client.p12").toFile(), PASSWORD.toCharArray());
        Key key = store.getKey(alias, PASSWORD.toCharArray());
        Files.writeString(
                folder.resolve(alias + ".key"),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
    }

    private void run(String line) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(line.split(" ")));
        if (command.get(0).equals("keytool")) {
            command.set(
                    0,
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
            command.add(1, "-J-XX:TieredStopAtLevel=1");
        }
        File log = folder.resolve("commands.log").toFile();
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException(line + " failed: " + Files.readString(log.toPath()));
        }
    }
}
