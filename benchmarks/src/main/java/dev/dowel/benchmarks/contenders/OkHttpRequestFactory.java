package dev.dowel.benchmarks.contenders;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.AbstractStreamingClientHttpRequest;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.util.MultiValueMap;

/** Lets Spring's RestClient use the same OkHttp as the others; Spring 7 brings no such factory. */
record OkHttpRequestFactory(OkHttpClient client) implements ClientHttpRequestFactory {

    @Override
    public ClientHttpRequest createRequest(URI uri, HttpMethod method) {
        return new Outgoing(client, uri, method);
    }

    private static final class Outgoing extends AbstractStreamingClientHttpRequest {
        private final OkHttpClient client;
        private final URI uri;
        private final HttpMethod method;

        Outgoing(OkHttpClient client, URI uri, HttpMethod method) {
            this.client = client;
            this.uri = uri;
            this.method = method;
        }

        @Override
        public HttpMethod getMethod() {
            return method;
        }

        @Override
        public URI getURI() {
            return uri;
        }

        @Override
        protected ClientHttpResponse executeInternal(
                HttpHeaders headers, StreamingHttpOutputMessage.@Nullable Body content) throws IOException {
            RequestBody body = null;
            if (content != null) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
                content.writeTo(bytes);
                body = RequestBody.create(bytes.toByteArray());
            }
            Request.Builder request = new Request.Builder().url(uri.toString()).method(method.name(), body);
            headers.forEach((name, values) -> values.forEach(value -> request.addHeader(name, value)));
            return new Incoming(client.newCall(request.build()).execute());
        }
    }

    private record Incoming(Response response) implements ClientHttpResponse {
        @Override
        public HttpStatusCode getStatusCode() {
            return HttpStatusCode.valueOf(response.code());
        }

        @Override
        public String getStatusText() {
            return response.message();
        }

        @Override
        public HttpHeaders getHeaders() {
            return new HttpHeaders(
                    MultiValueMap.fromMultiValue(response.headers().toMultimap()));
        }

        @Override
        public InputStream getBody() {
            return response.body().byteStream();
        }

        @Override
        public void close() {
            response.close();
        }
    }
}
