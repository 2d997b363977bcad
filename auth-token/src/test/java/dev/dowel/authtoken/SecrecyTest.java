package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.dowel.authtoken.micrometer.MicrometerAuthenticationListener;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.DispatcherType;
import java.io.CharArrayWriter;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.catalina.valves.AbstractAccessLogValve;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A secret that goes through every path, and must come out of none. */
@Tag("container")
class SecrecyTest {

    static final String CANARY = "dwl_CanaryCanary/+Canary:Canary";

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Queue<String> texts = new ConcurrentLinkedQueue<>();
    private final GeneratedToken token = new GeneratedToken("billing", CANARY);
    private Level before;

    @BeforeEach
    void listen_to_everything() {
        before = root.getLevel();
        root.setLevel(Level.TRACE);
        log.list = Collections.synchronizedList(log.list);
        log.start();
        root.addAppender(log);
    }

    @AfterEach
    void stop_listening() {
        root.detachAppender(log);
        root.setLevel(before);
    }

    @Test
    void no_answer_log_event_or_attribute_shows_the_secret() throws Exception {
        ClientTokenVerifier clients = ClientTokenVerifier.of(ClientRegistry.parse(
                token.configurationLine() + " disabled=true,known " + digest(CANARY) + " label=x\n"));
        String good = new GeneratedToken("known", CANARY).token();
        BearerTokenFilter filter = BearerTokenFilter.builder(sent -> verdict(clients, sent))
                .requireScope("admin", "/admin")
                .listener(new AuthenticationListener() {
                    @Override
                    public void onSuccess(AuthenticationEvent event) {
                        texts.add(event.toString());
                        throw new IllegalStateException(good);
                    }

                    @Override
                    public void onFailure(AuthenticationEvent event) {
                        texts.add(event.toString());
                    }
                })
                .build();
        try (ServletServer server = new TomcatServer()
                .filter(filter, DispatcherType.REQUEST)
                .servlet("/*", (request, response) -> {
                    for (String name : Collections.list(request.getAttributeNames())) {
                        texts.add(name + "=" + request.getAttribute(name));
                    }
                    texts.add(String.valueOf(request.getUserPrincipal()));
                    texts.add(Thread.currentThread().getName());
                })
                .start()) {
            for (String path : List.of("/x", "/admin")) {
                for (String[] headers : headers(good)) {
                    ServletServer.Answer answer = server.get(path, headers);
                    texts.add(answer.toString());
                    assertThat(answer.status()).isIn(200, 400, 401, 403, 503);
                }
            }
        }
        assertThat(texts).hasSizeGreaterThan(20);
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(message -> message.startsWith("Refused a call"))
                .anyMatch(message -> message.startsWith("The token verifier failed: java.lang.IllegalStateException"))
                .anyMatch(message -> message.startsWith("The authentication listener failed: "));
        logged();
        assertThat(texts).allSatisfy(SecrecyTest::shows_nothing);
    }

    @Test
    void no_reload_log_event_or_message_shows_what_stands_in_a_watched_file(@TempDir Path folder) throws Exception {
        Path clients = Files.writeString(folder.resolve("clients"), token.configurationLine());
        Path sent = Files.writeString(folder.resolve("token"), token.token());
        AuthenticationListener listener = new AuthenticationListener() {
            @Override
            public void onReload(ReloadResult result) {
                texts.add(result.toString());
                throw new IllegalStateException(CANARY);
            }
        };
        try (ClientTokenVerifier verifier = ClientTokenVerifier.watching(clients, Duration.ofDays(1), listener);
                ClientToken client = ClientToken.watching(sent, Duration.ofDays(1))) {
            for (String wrong : List.of(CANARY, "billing:" + CANARY, "billing {sha256}" + CANARY, token.token())) {
                Files.writeString(clients, wrong);
                texts.add(verifier.reload().toString());
                Files.writeString(sent, wrong + " " + wrong);
                texts.add(client.reload().toString());
            }
            texts.add(client.toString());
            verifier.verify(BearerToken.of(token.token()));
            texts.add(verifier.secrets().toString());
            texts.add(BearerTokenAttacher.forOrigins(client, URI.create("https://users.example.com"))
                    .toString());
        }
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(message -> message.startsWith("Reading the client tokens again failed: line 1: "))
                .anyMatch(message -> message.startsWith("Reading the token again failed: value is not"));
        logged();
        assertThat(texts).allSatisfy(SecrecyTest::shows_nothing);
    }

    @Test
    void no_meter_management_bean_or_access_log_shows_the_secret() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        ClientTokenVerifier clients =
                ClientTokenVerifier.of(ClientRegistry.parse("known " + digest(CANARY) + " label=x"));
        CharArrayWriter accessLog = new CharArrayWriter();
        AbstractAccessLogValve valve = new AbstractAccessLogValve() {
            @Override
            protected void log(CharArrayWriter message) {
                accessLog.append(message.toString()).append('\n');
            }
        };
        valve.setPattern("%h %l %u %t %r %s %b %I %{Referer}i");
        BearerTokenFilter filter = BearerTokenFilter.builder(clients)
                .listener(new MicrometerAuthenticationListener(registry))
                .build();
        try (ServletServer server = new TomcatServer()
                .valve(valve)
                .filter(filter, DispatcherType.REQUEST)
                .servlet("/*", (request, response) -> {})
                .start()) {
            for (String[] headers : headers(new GeneratedToken("known", CANARY).token())) {
                server.get("/x", headers);
            }
            registry.getMeters().forEach(meter -> texts.add(meter.getId() + " " + meter.measure()));
            beans();
        }
        assertThat(accessLog.toString()).contains("GET /x HTTP/1.1");
        texts.add(accessLog.toString());
        assertThat(registry.get("dowel.auth.accepted").counter().count()).isPositive();
        assertThat(texts).allSatisfy(SecrecyTest::shows_nothing);
    }

    private void beans() {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        for (ObjectName name : server.queryNames(null, null)) {
            texts.add(name.toString());
            try {
                for (MBeanAttributeInfo info : server.getMBeanInfo(name).getAttributes()) {
                    if (info.isReadable()) {
                        texts.add(String.valueOf(server.getAttribute(name, info.getName())));
                    }
                }
            } catch (JMException | RuntimeException e) {
                texts.add(e.toString());
            }
        }
    }

    private void logged() {
        for (ILoggingEvent event : List.copyOf(log.list)) {
            texts.add(event.getFormattedMessage() + event.getMDCPropertyMap() + event.getThreadName());
            texts.add(event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
    }

    @Test
    void no_public_type_shows_the_secret_as_text() {
        ClientRegistry registry = ClientRegistry.parse(token.configurationLine());
        ClientTokenVerifier verifier = ClientTokenVerifier.of(registry);
        ServicePrincipal principal = new ServicePrincipal("billing", Set.of("a"), Map.of("claim", CANARY));
        for (Object object : List.of(
                token,
                BearerToken.of(token.token()),
                registry,
                verifier,
                verifier.verify(BearerToken.of(token.token())),
                principal,
                new Verification.Accepted(principal),
                new Verification.Rejected(RefusalReason.OTHER),
                new Verification.Unavailable(Duration.ZERO),
                new AuthenticationEvent(
                        "GET",
                        "/",
                        "::1",
                        Optional.of(principal),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                BearerTokenFilter.builder(verifier),
                registry.secrets("billing").get(0),
                registry.secrets("billing").get(0).at(Instant.EPOCH),
                AuthorizationHeader.parse(Collections.enumeration(List.of("Bearer " + token.token())), 2_048))) {
            shows_nothing(object.toString());
        }
    }

    @Test
    void this_test_would_see_the_secret_in_any_of_its_forms() {
        byte[] bytes = CANARY.getBytes(StandardCharsets.UTF_8);
        for (String text : List.of(
                CANARY,
                token.token(),
                new GeneratedToken("known", CANARY).token(),
                URLEncoder.encode(CANARY, StandardCharsets.UTF_8),
                HexFormat.of().formatHex(bytes),
                HexFormat.of().withUpperCase().formatHex(bytes))) {
            assertThat(catchThrowable(() -> shows_nothing("before " + text + " after")))
                    .as(text)
                    .isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void no_exception_shows_the_secret() {
        List<Throwable> thrown = List.of(
                catchThrowable(() -> BearerToken.of(CANARY)),
                catchThrowable(() -> ClientRegistry.parse(CANARY)),
                catchThrowable(() -> ClientRegistry.parse("billing " + CANARY)),
                catchThrowable(() -> ClientRegistry.parse("billing:" + CANARY)),
                catchThrowable(() -> ClientRegistry.parse("billing {sha256}" + CANARY)),
                catchThrowable(() -> ClientRegistry.parse(token.configurationLine() + " " + CANARY)),
                catchThrowable(() -> ClientRegistry.parse(token.configurationLine() + " expires=" + CANARY)),
                catchThrowable(() -> EnvironmentClients.verifier(Map.of("CLIENT_TOKENS", "billing:" + CANARY), null)),
                catchThrowable(
                        () -> EnvironmentClients.verifier(Map.of("CLIENT_TOKENS_FILE", "billing:" + CANARY), null)),
                catchThrowable(() -> TokenGenerator.generate(CANARY, "dwl")),
                catchThrowable(() -> TokenGenerator.generate("billing", CANARY)),
                catchThrowable(() -> new GeneratedToken(CANARY, CANARY)));
        for (Throwable each : thrown) {
            for (Throwable cause = each; cause != null; cause = cause.getCause()) {
                shows_nothing(cause.toString());
            }
        }
    }

    private Verification verdict(ClientTokenVerifier clients, BearerToken sent) {
        texts.add(sent.toString());
        if (sent.value().endsWith("=throws")) {
            throw new IllegalArgumentException(sent.value(), new IllegalStateException(CANARY));
        }
        if (sent.value().startsWith("throws")) {
            throw new IllegalStateException(sent.value() + CANARY);
        }
        return clients.verify(sent);
    }

    private List<String[]> headers(String good) {
        String bearer = "Authorization: Bearer ";
        return List.of(
                new String[] {bearer + good},
                new String[] {bearer + token.token()},
                new String[] {bearer + new GeneratedToken("nobody", CANARY).token()},
                new String[] {bearer + new GeneratedToken("known", CANARY + "x").token()},
                new String[] {bearer + "throws" + good},
                new String[] {bearer + good + "===="},
                new String[] {bearer + good + "\u00e9"},
                new String[] {bearer + CANARY},
                new String[] {bearer + good.repeat(60)},
                new String[] {bearer + good + "," + good},
                new String[] {bearer + good, bearer + good},
                new String[] {"Authorization: Basic " + good},
                new String[] {"Authorization: " + CANARY},
                new String[] {"Authorization: Bearer" + good});
    }

    private static String digest(String secret) {
        String line = new GeneratedToken("x", secret).configurationLine();
        return line.substring(line.indexOf('{'));
    }

    static void shows_nothing(String text) {
        byte[] bytes = CANARY.getBytes(StandardCharsets.UTF_8);
        // Two Base64 texts share digits only where the bytes stand at the same offset, so all three offsets are looked
        // for.
        for (String client : List.of("billing:", "nobody:", "known:")) {
            String whole = Base64.getEncoder().encodeToString((client + CANARY).getBytes(StandardCharsets.UTF_8));
            assertThat(text).doesNotContain(whole.substring(14, 34));
        }
        assertThat(text)
                .doesNotContain("CanaryCanary")
                .doesNotContain(URLEncoder.encode(CANARY, StandardCharsets.UTF_8));
        assertThat(text.toLowerCase(Locale.ROOT)).doesNotContain(HexFormat.of().formatHex(bytes, 4, 16));
    }
}
