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
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
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
