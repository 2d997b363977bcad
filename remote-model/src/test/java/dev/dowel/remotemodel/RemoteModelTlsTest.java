package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dowel.remotemodel.RemoteCallException.Outcome;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Authenticator;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe of docs/proxies-and-tls.md, with certificates of the test's own. */
class RemoteModelTlsTest {

    private static final char[] PASSWORD = Certificates.PASSWORD.toCharArray();

    @TempDir
    static Path folder;

    private static Certificates files;

    private final List<RecordedRequest> requests = new CopyOnWriteArrayList<>();
    private final MockWebServer server = new MockWebServer();
    private volatile boolean hidesBehindItsProxy;

    @BeforeAll
    static void makeStores() throws Exception {
        files = new Certificates(folder);
        files.authority("authority");
        files.issue("authority", "localhost", "san=dns:localhost,dns:users.internal", "eku=serverAuth");
        files.commandsOfThePage("keytool");
        files.authority("stranger");
        files.issue("stranger", "impostor", "san=dns:localhost", "eku=serverAuth");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void the_certificate_of_the_recipe_is_accepted_by_a_service_that_demands_one() throws Exception {
        start("localhost");
        server.requireClientAuth();

        assertThat(books("localhost", client("client.p12", null)).get(7L).title())
                .isEqualTo("Book 7");
        assertThat(requests).hasSize(1);
        assertThat(requests.get(0).getHandshake().peerPrincipal()).hasToString("CN=orders");
    }

    @Test
    void a_certificate_that_came_as_pem_files_is_accepted_as_well() throws Exception {
        files.key("orders");
        files.commandsOfThePage("openssl", "client.p12", "of-openssl.p12");
        start("localhost");
        server.requireClientAuth();

        assertThat(books("localhost", client("of-openssl.p12", null)).get(7L).title())
                .isEqualTo("Book 7");
        assertThat(requests.get(0).getHandshake().peerPrincipal()).hasToString("CN=orders");
    }

    @Test
    void without_the_certificate_that_the_service_demands_there_is_no_answer() throws Exception {
        start("localhost");
        server.requireClientAuth();
        RemoteModel<Book, Long> books = books("localhost", client("", null));

        assertThatThrownBy(() -> books.get(7L))
                .isInstanceOf(RemoteCallException.class)
                .hasMessageStartingWith("GET https://localhost:" + server.getPort() + "/api/v1/books/7 ")
                .hasCauseInstanceOf(IOException.class)
                .message()
                .doesNotContain("canary");
        assertThat(requests).isEmpty();
    }

    @Test
    void a_service_with_a_certificate_of_an_unknown_authority_gets_nothing() throws Exception {
        start("impostor");
        RemoteModel<Book, Long> books = books("localhost", client("client.p12", null));

        RemoteCallException e = catchThrowableOfType(RemoteCallException.class, () -> books.get(7L));
        assertThat(e)
                .hasMessage("GET https://localhost:" + server.getPort()
                        + "/api/v1/books/7 could not be sent (SSLHandshakeException)")
                .hasCauseInstanceOf(SSLHandshakeException.class);
        assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT);
        assertThat(requests).isEmpty();
    }

    @Test
    void a_service_whose_certificate_names_another_host_gets_nothing() throws Exception {
        start("localhost");
        RemoteModel<Book, Long> books = books("127.0.0.1", client("client.p12", null));

        RemoteCallException e = catchThrowableOfType(RemoteCallException.class, () -> books.get(7L));
        assertThat(e)
                .hasMessageEndingWith("could not be sent (SSLPeerUnverifiedException)")
                .hasCauseInstanceOf(SSLPeerUnverifiedException.class);
        assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT);
        assertThat(requests).isEmpty();
    }

    @Test
    void a_proxy_that_wants_a_password_carries_the_call_and_sees_nothing_of_it() throws Exception {
        hidesBehindItsProxy = true;
        start("localhost");
        server.requireClientAuth();
        RemoteModel<Book, Long> books = books("users.internal", client("client.p12", password("orders", "secret")));

        assertThat(books.get(7L).title()).isEqualTo("Book 7");
        assertThat(books.create(Book.titled("x", 1)).title()).isEqualTo("Book 7");
        assertThat(requests).extracting(RecordedRequest::getMethod).containsExactly("CONNECT", "GET", "POST");
        assertThat(requests.get(0).getTarget()).isEqualTo("users.internal:" + server.getPort());
        assertThat(requests.get(0).getHeaders().toMultimap().toString()).doesNotContain("canary");
        assertThat(requests.get(1).getHeaders().get("Authorization")).isEqualTo("Bearer canary");
        assertThat(requests.get(1).getHeaders().get("Proxy-Authorization")).isNull();
    }

    @Test
    void a_proxy_that_is_given_no_password_gets_no_credentials_of_the_service_either() throws Exception {
        assertRefusedByTheProxy(Authenticator.NONE);
    }

    @Test
    void a_proxy_that_refuses_the_password_is_asked_once_for_each_attempt() throws Exception {
        assertRefusedByTheProxy(password("orders", "wrong"));
    }

    private void assertRefusedByTheProxy(Authenticator authenticator) throws Exception {
        hidesBehindItsProxy = true;
        start("localhost");
        RemoteModel<Book, Long> books = books("users.internal", client("client.p12", authenticator));

        RemoteCallException e =
                catchThrowableOfType(RemoteCallException.class, () -> books.create(Book.titled("x", 1)));
        assertThat(e)
                .hasMessage("POST https://users.internal:" + server.getPort()
                        + "/api/v1/books could not be sent (IOException)")
                .hasRootCauseMessage("Failed to authenticate with proxy");
        assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT);
        assertThat(requests).hasSize(1).allSatisfy(request -> {
            assertThat(request.getMethod()).isEqualTo("CONNECT");
            assertThat(request.getHeaders().toMultimap().toString()).doesNotContain("canary");
        });
    }

    /** A service that is also the proxy in front of itself, for the user and password of the page. */
    private void start(String certificate) throws Exception {
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(keys(certificate + ".p12"), trust("authorities.p12").getTrustManagers(), null);
        server.useHttps(tls.getSocketFactory());
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse peek() {
                return hidesBehindItsProxy ? tunnel() : super.peek();
            }

            @Override
            public MockResponse dispatch(RecordedRequest request) {
                requests.add(request);
                return request.getMethod().equals("CONNECT") ? connect(request) : TestServer.book(7);
            }
        });
        server.start();
    }

    private MockResponse connect(RecordedRequest request) {
        String expected = okhttp3.Credentials.basic("orders", "secret");
        if (!expected.equals(request.getHeaders().get("Proxy-Authorization"))) {
            return TestServer.status(407, "Proxy-Authenticate", "Basic realm=\"proxy\"");
        }
        hidesBehindItsProxy = false;
        return tunnel();
    }

    private static MockResponse tunnel() {
        return new MockResponse.Builder().inTunnel().build();
    }

    private RemoteModel<Book, Long> books(String host, OkHttpClient client) {
        return TestServer.books(RemoteService.builder("users", URI.create("https://" + host + ":" + server.getPort()))
                .timeouts(Duration.ofSeconds(20), Duration.ofSeconds(30))
                .retry(RetryPolicy.none())
                .credentials(Credentials.bearer(() -> "canary"))
                .okHttpClient(client));
    }

    /** The client of the page; an empty store is none, and without an authenticator there is no proxy. */
    private OkHttpClient client(String store, Authenticator authenticator) throws Exception {
        TrustManagerFactory trust = trust("authorities.p12");
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(store.isEmpty() ? null : keys(store), trust.getTrustManagers(), null);
        OkHttpClient.Builder client = new OkHttpClient.Builder()
                .sslSocketFactory(tls.getSocketFactory(), (X509TrustManager) trust.getTrustManagers()[0])
                .connectionPool(new ConnectionPool(5, 5, TimeUnit.SECONDS));
        return authenticator == null
                ? client.build()
                : client.proxy(new Proxy(Proxy.Type.HTTP, new InetSocketAddress("localhost", server.getPort())))
                        .proxyAuthenticator(authenticator)
                        .build();
    }

    private static Authenticator password(String user, String password) {
        return (route, answer) -> answer.request().header("Proxy-Authorization") != null
                ? null
                : answer.request()
                        .newBuilder()
                        .header("Proxy-Authorization", okhttp3.Credentials.basic(user, password))
                        .build();
    }

    private static KeyManager[] keys(String store) throws Exception {
        KeyStore mine = KeyStore.getInstance(file(store), PASSWORD);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(mine, PASSWORD);
        return keys.getKeyManagers();
    }

    private static TrustManagerFactory trust(String store) throws Exception {
        KeyStore ours = KeyStore.getInstance(file(store), PASSWORD);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(ours);
        return trust;
    }

    private static File file(String name) {
        return folder.resolve(name).toFile();
    }
}
