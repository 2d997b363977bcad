package dev.dowel.benchmarks.contenders;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.converter.json.MappingJackson2HttpMessageConverter;
import org.springframework.web.client.RestClient;

/** Spring's RestClient on a request factory, with Spring's own converter for Jackson 2 and no other. */
final class Spring implements Contender {

    private static final String ITEM = "/api/v1/books/{id}";
    private static final ParameterizedTypeReference<List<Book>> MANY = new ParameterizedTypeReference<>() {};

    private final RestClient client;

    @SuppressWarnings("removal") // All contenders use the same Jackson 2, and this is Spring's converter for it.
    Spring(ClientHttpRequestFactory factory, String base, ObjectMapper mapper) {
        MappingJackson2HttpMessageConverter json = new MappingJackson2HttpMessageConverter(mapper);
        this.client = RestClient.builder()
                .baseUrl(base)
                .requestFactory(factory)
                .configureMessageConverters(
                        converters -> converters.disableDefaults().withJsonConverter(json))
                .build();
    }

    @Override
    public Book get(long id) {
        return present(client.get()
                .uri(ITEM, id)
                .accept(MediaType.APPLICATION_JSON)
                .retrieve()
                .body(Book.class));
    }

    @Override
    public Optional<Book> find(long id) {
        return present(client.get()
                .uri(ITEM, id)
                .accept(MediaType.APPLICATION_JSON)
                .exchange((request, response) -> response.getStatusCode().value() == 404
                        ? Optional.<Book>empty()
                        : Optional.of(present(response.bodyTo(Book.class)))));
    }

    @Override
    public List<Book> list() {
        return present(client.get()
                .uri("/api/v1/books")
                .accept(MediaType.APPLICATION_JSON)
                .retrieve()
                .body(MANY));
    }

    @Override
    public Book create(Book book) {
        return present(client.post()
                .uri("/api/v1/books")
                .accept(MediaType.APPLICATION_JSON)
                .contentType(MediaType.APPLICATION_JSON)
                .body(book)
                .retrieve()
                .body(Book.class));
    }

    private static <V> V present(@Nullable V value) {
        return Objects.requireNonNull(value, "body");
    }
}
