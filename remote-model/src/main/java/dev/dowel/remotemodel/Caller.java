package dev.dowel.remotemodel;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** On whose behalf a call is made, fixed on the calling thread at the moment of the call. */
record Caller(
        RemoteService owner,
        View view,
        Optional<RequestContext> context,
        SortedMap<String, List<String>> headers,
        String cookies,
        String authorization,
        String identity) {

    /** Random for each process, so that a digest in a heap dump cannot be matched with a guessed token elsewhere. */
    private static final SecretKeySpec KEY = new SecretKeySpec(randomKey(), "HmacSHA256");

    private static final Mac KEYED = keyed();

    static Caller of(RemoteService owner, View view) {
        @Nullable RequestContext explicit = view.context();
        return of(owner, view, explicit != null ? Optional.of(explicit) : RequestContext.current());
    }

    private static Caller of(RemoteService owner, View view, Optional<RequestContext> context) {
        Credentials credentials = credentials(owner, view);
        String authorization = credentials.authorization(context.orElse(null), owner.name());
        if (context.isEmpty()) {
            return new Caller(owner, view, context, Collections.emptySortedMap(), "", authorization, "");
        }
        boolean mayHaveCookies = view.credentials() == null && credentials.isTheCallers();
        PassedOn.Key key = new PassedOn.Key(owner.policy, authorization, mayHaveCookies);
        PassedOn passedOn = context.get().remembered(key, () -> PassedOn.of(key, context.get()));
        return new Caller(owner, view, context, passedOn.headers, passedOn.cookies, authorization, passedOn.identity);
    }

    private static Credentials credentials(RemoteService owner, View view) {
        @Nullable Credentials instead = view.credentials();
        return instead == null ? owner.credentials : instead;
    }

    boolean fresh() {
        return view.fresh();
    }

    /** The same caller later, with the credential that is good then. */
    Caller again() {
        return of(owner, view, context);
    }

    /** What of a request is passed on to a service, put together once for each request, policy and credential. */
    private record PassedOn(SortedMap<String, List<String>> headers, String cookies, String identity) {

        /** The policy counts as itself; the credential stays in the memory of the request that it came with. */
        private record Key(HeaderPolicy policy, String authorization, boolean mayHaveCookies) {
            @Override
            public String toString() {
                return "Key";
            }
        }

        static PassedOn of(Key key, RequestContext context) {
            SortedMap<String, List<String>> headers =
                    key.policy.select(context.snapshot().headers());
            String cookies =
                    key.mayHaveCookies ? key.policy.cookies(context.snapshot().cookies()) : "";
            return new PassedOn(headers, cookies, digest(key.authorization, cookies, headers));
        }

        @Override
        public String toString() {
            return "PassedOn" + headers.keySet();
        }
    }

    /** The same caller, who wants what the provider has now. */
    Caller afresh() {
        return new Caller(owner, view.afresh(), context, headers, cookies, authorization, identity);
    }

    /** The same caller, for whom nothing is kept. */
    Caller withoutContext() {
        return new Caller(owner, view.afresh(), Optional.empty(), headers, cookies, authorization, identity);
    }

    /** The same caller with a new credential after one that was answered with 401; empty when there is none. */
    Optional<Caller> afterRejection() {
        return credentials(owner, view)
                .renewed(authorization, context.orElse(null), owner.name())
                .map(renewed -> new Caller(owner, view, context, headers, cookies, renewed, identity));
    }

    /** Tells apart what may get different answers: the credential sent and every header but the tracing ones. */
    private static String digest(String authorization, String cookies, Map<String, List<String>> headers) {
        // A line feed cannot stand in a header, so the parts cannot be shifted against each other.
        StringBuilder sent = new StringBuilder(authorization).append('\n').append(cookies);
        headers.forEach((name, values) -> {
            if (HeaderPolicy.mayChangeTheAnswer(name)) {
                sent.append('\n').append(name).append(':').append(String.join("\n:", values));
            }
        });
        if (sent.length() == 1) {
            return "anyone";
        }
        byte[] digest = copy().doFinal(sent.toString().getBytes(StandardCharsets.UTF_8));
        return Base64.getEncoder().encodeToString(digest);
    }

    /** A copy costs less than a new one; that of a security device cannot be copied. */
    private static Mac copy() {
        try {
            return (Mac) KEYED.clone();
        } catch (CloneNotSupportedException ofADevice) {
            return keyed();
        }
    }

    private static Mac keyed() {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(KEY);
            return mac;
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
