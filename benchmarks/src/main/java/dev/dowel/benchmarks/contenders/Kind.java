package dev.dowel.benchmarks.contenders;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpClient;
import okhttp3.OkHttpClient;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;

/** The contenders by name. All decode with a plain mapper of the same Jackson; the first eight share one OkHttp client. */
public enum Kind {
    /** OkHttp and Jackson by hand. */
    RAW("raw OkHttp + Jackson"),
    /** remote-model outside of any request. */
    DOWEL("remote-model, no context"),
    /** remote-model, the first read in a request. */
    DOWEL_MISS("remote-model, context, miss"),
    /** remote-model, a later read of the same in a request. */
    DOWEL_HIT("remote-model, context, hit"),
    /** The same with shareCachedInstances, which gives every reader in the request the same object. */
    DOWEL_HIT_SHARED("remote-model, context, shared hit"),
    /** Retrofit. */
    RETROFIT("Retrofit"),
    /** Feign. */
    FEIGN("Feign"),
    /** RestClient on OkHttp. */
    SPRING_OKHTTP("Spring RestClient on OkHttp"),
    /** RestClient on HttpURLConnection. */
    SPRING_URL_CONNECTION("Spring RestClient on HttpURLConnection"),
    /** RestClient on the JDK's HttpClient, which is what Spring chooses when nothing else is there. */
    SPRING_JDK_CLIENT("Spring RestClient on the JDK client");

    private final String label;

    Kind(String label) {
        this.label = label;
    }

    /** Returns the name for people. */
    public String label() {
        return label;
    }

    /** Tells whether this is another library rather than ours or none. */
    public boolean isPeer() {
        return compareTo(RETROFIT) >= 0;
    }

    /** Opens the contender on a base URL without a slash at its end. */
    public Contender open(OkHttpClient client, String base) {
        ObjectMapper mapper = new ObjectMapper();
        return switch (this) {
            case RAW -> new RawOkHttp(client, base, mapper);
            case DOWEL -> Dowel.open(client, base, mapper, Dowel.Request.NONE);
            case DOWEL_MISS -> Dowel.open(client, base, mapper, Dowel.Request.NEW);
            case DOWEL_HIT -> Dowel.open(client, base, mapper, Dowel.Request.SAME);
            case DOWEL_HIT_SHARED -> Dowel.open(client, base, mapper, Dowel.Request.SAME_SHARED);
            case RETROFIT -> new Retrofitted(client, base, mapper);
            case FEIGN -> new Feigned(client, base, mapper);
            case SPRING_OKHTTP -> new Spring(new OkHttpRequestFactory(client), base, mapper);
            case SPRING_URL_CONNECTION -> new Spring(new SimpleClientHttpRequestFactory(), base, mapper);
            case SPRING_JDK_CLIENT -> new Spring(new JdkClientHttpRequestFactory(http1()), base, mapper);
        };
    }

    /** Without this the JDK's client would try to upgrade every connection to HTTP/2, which no other contender does. */
    private static HttpClient http1() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }
}
