package dev.dowel.messaging;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate authority of the test's own, made with the JDK's keytool in a folder. */
final class Certificates {
    private static final String PASSWORD = "store-canary";

    private final Path folder;
    private final String name;

    private Certificates(Path folder, String name) {
        this.folder = folder;
        this.name = name;
    }

    static Certificates authority(Path folder, String name) throws Exception {
        Certificates authority = new Certificates(folder, name);
        authority.keytool(name, "-genkeypair", "-dname", "CN=" + name, "-ext", "bc:c");
        Certificate own = authority.store(name).getCertificate("own");
        authority.pem(name + ".crt", "CERTIFICATE", own.getEncoded());
        return authority;
    }

    /** Issues a certificate, such as for {@code dns:localhost}; writes key and certificate as PEM files, too. */
    void issue(String subject, String extension) throws Exception {
        keytool(subject, "-genkeypair", "-dname", "CN=" + subject);
        String request = folder.resolve(subject + ".csr").toString();
        String issued = folder.resolve(subject + ".crt").toString();
        keytool(subject, "-certreq", "-file", request);
        keytool(name, "-gencert", "-infile", request, "-outfile", issued, "-rfc", "-ext", extension);
        Key key = store(subject).getKey("own", PASSWORD.toCharArray());
        pem(subject + ".key", "PRIVATE KEY", key.getEncoded());
    }

    private void pem(String file, String type, byte[] content) throws IOException {
        Files.writeString(
                folder.resolve(file),
                "-----BEGIN " + type + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                        + "\n-----END " + type + "-----\n");
    }

    Path file(String fileName) {
        return folder.resolve(fileName);
    }

    /** Trusts this authority alone and shows nothing. */
    SSLContext trusting() throws Exception {
        return context(null);
    }

    /** Trusts this authority alone and shows what was issued to the subject. */
    SSLContext showing(String subject) throws Exception {
        return context(subject);
    }

    private SSLContext context(String subject) throws Exception {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("ca", store(name).getCertificate("own"));
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(trust);
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        if (subject != null) {
            KeyStore shown = store(subject);
            try (InputStream issued = Files.newInputStream(folder.resolve(subject + ".crt"))) {
                Certificate certificate =
                        CertificateFactory.getInstance("X.509").generateCertificate(issued);
                Key key = shown.getKey("own", PASSWORD.toCharArray());
                shown.setKeyEntry("own", key, PASSWORD.toCharArray(), new Certificate[] {certificate});
            }
            keys.init(shown, PASSWORD.toCharArray());
        }
        context.init(subject == null ? null : keys.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }

    private KeyStore store(String owner) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve(owner + ".p12"))) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    private void keytool(String owner, String action, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                action,
                "-keystore",
                folder.resolve(owner + ".p12").toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD));
        command.addAll(List.of("-alias", "own"));
        if (action.equals("-genkeypair")) {
            command.addAll(List.of("-keyalg", "RSA", "-keysize", "2048", "-validity", "2"));
        }
        if (action.equals("-gencert")) {
            command.addAll(List.of("-validity", "2"));
        }
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException(
                    "keytool " + action + " failed: " + Files.readString(folder.resolve("keytool.log")));
        }
    }
}
