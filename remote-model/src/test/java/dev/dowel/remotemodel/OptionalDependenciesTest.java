package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dowel.remotemodel.jackson3.Jackson3Codec;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.Provider;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.MacSpi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs the library in class loaders that lack what a program need not have. */
class OptionalDependenciesTest {

    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        DjangoServer django = new DjangoServer(3, "http://internal.invalid");
        server = new TestServer(django::answer);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** What a program does with the library; public so that it can be called by name. */
    public static final class OverJackson2 {

        private OverJackson2() {}

        public static String run(URI base) {
            try (RemoteService service = RemoteService.builder("library", base).build()) {
                return exercise(service);
            }
        }
    }

    /** The same over Jackson 3. */
    public static final class OverJackson3 {

        private OverJackson3() {}

        public static String run(URI base) {
            try (RemoteService service = RemoteService.builder("library", base)
                    .json(Jackson3Codec.create())
                    .build()) {
                InMemoryRepository.builder(Book.class, IdCodec.LONG, Book::id)
                        .json(Jackson3Codec.create())
                        .build()
                        .create(new Book(1L, "a", 1, null));
                return exercise(service);
            }
        }
    }

    private static String exercise(RemoteService service) {
        RemoteModel<Book, Long> books =
                service.model("books", Book.class, IdCodec.LONG).id(Book::id).build();
        books.create(Book.titled("a", 1));
        books.patch(1L, Patch.of("nick", "x").and("nick", null));
        books.getAll(List.of(1L, 2L));
        return books.filter(Query.where("price", 1)).stream().toList() + " " + books.find(99L);
    }

    @Test
    void over_jackson_2_nothing_optional_is_needed() throws Exception {
        try (Without loader =
                new Without("tools.jackson.", "io.micrometer.", "org.junit.", "org.opentest4j.", "org.apiguardian.")) {
            assertThat(loader.run(OverJackson2.class, server.base()))
                    .isEqualTo("[Book[id=1, title=a, price=1, nick=null]] Optional.empty");
            assertThatThrownBy(() -> loader.run(OverJackson3.class, server.base()))
                    .hasCauseInstanceOf(NoClassDefFoundError.class);
        }
    }

    @Test
    void over_jackson_3_jackson_2_may_be_left_out() throws Exception {
        try (Without loader = new Without("com.fasterxml.jackson.databind.", "com.fasterxml.jackson.core.")) {
            assertThat(loader.run(OverJackson3.class, server.base()))
                    .isEqualTo("[Book[id=1, title=a, price=1, nick=null]] Optional.empty");
            assertThatThrownBy(() -> loader.run(OverJackson2.class, server.base()))
                    .hasCauseInstanceOf(NoClassDefFoundError.class);
        }
    }

    @Test
    void every_class_of_the_root_package_loads_without_what_is_optional() throws Exception {
        try (Without loader = new Without("tools.jackson.", "io.micrometer.", "org.junit.")) {
            Path classes = Path.of(RemoteService.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            try (Stream<Path> files = Files.list(classes.resolve("dev/dowel/remotemodel"))) {
                List<String> names = files.map(file -> file.getFileName().toString())
                        .filter(name -> name.endsWith(".class"))
                        .map(name -> "dev.dowel.remotemodel." + name.substring(0, name.length() - 6))
                        .toList();
                assertThat(names).hasSizeGreaterThan(50);
                for (String name : names) {
                    Class<?> loaded = Class.forName(name, true, loader);
                    assertThat(loaded.getClassLoader()).isSameAs(loader);
                    assertThat(loaded.getDeclaredMethods()).isNotNull();
                }
            }
        }
    }

    /** Alice and Bob read twice each within one request. */
    public static final class TwoIdentities {

        private TwoIdentities() {}

        public static String run(URI base) {
            try (RemoteService service = RemoteService.builder("library", base)
                    .credentials(Credentials.inbound())
                    .build()) {
                RequestContext request =
                        RequestContext.of(Map.of("Authorization", List.of("Bearer alice")), HeaderPolicy.tracing());
                RemoteModel<Book, Long> alice =
                        service.model("books", Book.class, IdCodec.LONG).build().in(request);
                RemoteModel<Book, Long> bob = alice.as(Credentials.bearer(() -> "bob"));
                alice.create(Book.titled("a", 1));
                return Stream.of(alice, bob, alice, bob)
                        .map(each -> each.get(1L).title())
                        .toList()
                        .toString();
            }
        }
    }

    /** The Mac of a security device: unlike those of the platform, nobody can copy it. */
    public static final class OfADevice extends MacSpi {

        private static final AtomicInteger made = new AtomicInteger();
        private final Mac mac;

        public OfADevice() throws GeneralSecurityException {
            mac = Mac.getInstance("HmacSHA256", "SunJCE");
            made.incrementAndGet();
        }

        @Override
        protected int engineGetMacLength() {
            return mac.getMacLength();
        }

        @Override
        protected void engineInit(Key key, AlgorithmParameterSpec parameters) throws InvalidKeyException {
            mac.init(key);
        }

        @Override
        protected void engineUpdate(byte input) {
            mac.update(input);
        }

        @Override
        protected void engineUpdate(byte[] input, int offset, int length) {
            mac.update(input, offset, length);
        }

        @Override
        protected byte[] engineDoFinal() {
            return mac.doFinal();
        }

        @Override
        protected void engineReset() {
            mac.reset();
        }
    }

    @Test
    void a_mac_that_cannot_be_copied_tells_identities_apart_as_well() throws Exception {
        Provider device = new Provider("device", "1", "of a test") {
            private static final long serialVersionUID = 1L;
        };
        device.put("Mac.HmacSHA256", OfADevice.class.getName());
        Security.insertProviderAt(device, 1);
        try (Without loader = new Without("tools.jackson.")) {
            assertThat(loader.run(TwoIdentities.class, server.base())).isEqualTo("[a, a, a, a]");
        } finally {
            Security.removeProvider("device");
        }

        assertThat(server.requests)
                .extracting(request ->
                        request.getMethod() + " " + request.getHeaders().get("Authorization"))
                .containsExactly("POST Bearer alice", "GET Bearer alice", "GET Bearer bob");
        // One to copy from, and one for each identity because that failed.
        assertThat(OfADevice.made).hasValueGreaterThanOrEqualTo(3);
    }

    /** The class path of the tests, loaded anew, without some packages. */
    private static final class Without extends URLClassLoader {

        private final String[] packages;

        Without(String... packages) {
            super(classPath(), ClassLoader.getPlatformClassLoader());
            this.packages = packages;
        }

        private static URL[] classPath() {
            return Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1))
                    .map(entry -> {
                        try {
                            return Path.of(entry).toUri().toURL();
                        } catch (java.net.MalformedURLException e) {
                            throw new IllegalStateException(e);
                        }
                    })
                    .toArray(URL[]::new);
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (Arrays.stream(packages).anyMatch(name::startsWith)) {
                throw new ClassNotFoundException(name);
            }
            return super.findClass(name);
        }

        Object run(Class<?> program, URI base) throws ReflectiveOperationException {
            return Class.forName(program.getName(), true, this)
                    .getMethod("run", URI.class)
                    .invoke(null, base);
        }
    }
}
