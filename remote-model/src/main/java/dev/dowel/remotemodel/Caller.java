package dev.dowel.remotemodel;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** On whose behalf a call is made, fixed on the calling thread at the moment of the call. */
record Caller(
        String service,
        Optional<RequestContext> context,
        boolean fresh,
        SortedMap<String, List<String>> headers,
        String cookies,
        Credentials credentials,
        String authorization,
        String identity) {

    /** Random for each process, so that a digest in a heap dump cannot be matched with a guessed token elsewhere. */
    private static final SecretKeySpec KEY = new SecretKeySpec(randomKey(), "HmacSHA256");

    static Caller of(RemoteService service, View view) {
        @Nullable RequestContext explicit = view.context();
        Optional<RequestContext> context = explicit != null ? Optional.of(explicit) : RequestContext.current();
        HeaderPolicy policy = service.policy();
        Credentials credentials = view.credentials() == null ? service.credentials() : view.credentials();
        SortedMap<String, List<String>> headers =
                policy.select(context.map(RequestContext::headers).orElse(Map.of()));
        boolean mayHaveCookies = view.credentials() == null && credentials.isTheCallers();
        String cookies = mayHaveCookies
                ? policy.cookies(context.map(RequestContext::cookies).orElse(List.of()))
                : "";
        String authorization = credentials.authorization(context.orElse(null), service.name());
        String identity = context.isEmpty() ? "" : digest(authorization, cookies, headers);
        return new Caller(
                service.name(), context, view.fresh(), headers, cookies, credentials, authorization, identity);
    }

    /** The same caller, who wants what the provider has now. */
    Caller afresh() {
        return new Caller(service, context, true, headers, cookies, credentials, authorization, identity);
    }

    /** The same caller with a new credential after one that was answered with 401; empty when there is none. */
    Optional<Caller> afterRejection() {
        return credentials
                .renewed(authorization, service)
                .map(renewed -> new Caller(service, context, fresh, headers, cookies, credentials, renewed, identity));
    }

    /** Tells apart what may get different answers: the credential sent and every header but the tracing ones. */
    private static String digest(String authorization, String cookies, Map<String, List<String>> headers) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(KEY);
            // A line feed cannot stand in a header, so the parts cannot be shifted against each other.
            mac.update((authorization + '\n' + cookies).getBytes(StandardCharsets.UTF_8));
            headers.forEach((name, values) -> {
                if (HeaderPolicy.mayChangeTheAnswer(name)) {
                    mac.update(('\n' + name + ':' + String.join("\n:", values)).getBytes(StandardCharsets.UTF_8));
                }
            });
            return Base64.getEncoder().encodeToString(mac.doFinal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private static byte[] randomKey() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        return key;
    }

    @Override
    public String toString() {
        return "Caller" + headers.keySet();
    }
}
