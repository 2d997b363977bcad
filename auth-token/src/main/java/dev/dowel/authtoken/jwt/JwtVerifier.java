package dev.dowel.authtoken.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.BadJWSException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.jwt.proc.ExpiredJWTException;
import dev.dowel.authtoken.BearerToken;
import dev.dowel.authtoken.RefusalReason;
import dev.dowel.authtoken.ServicePrincipal;
import dev.dowel.authtoken.TokenVerifier;
import dev.dowel.authtoken.Verification;
import java.net.URI;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Accepts signed access tokens (JWT) of one issuer for one audience. {@code iss}, {@code aud} and {@code exp} are mandatory,
 * {@code nbf} is kept, algorithms are a fixed list without {@code none} and HMAC, encrypted tokens are refused, and keys come
 * from the issuer's key set only, whatever a token's header says.
 *
 * <pre>{@code
 * JwtVerifier verifier = JwtVerifier.builder(
 *                 URI.create("https://login.example.com/keys"), "https://login.example.com", "orders")
 *         .build();
 * }</pre>
 *
 * <p>The key set is fetched every 5 minutes on a daemon thread, without redirects, in at most 5 seconds and 256 KiB. A token
 * that names an unknown key has it fetched at once, at most once in 30 seconds; calls with other unknown keys meanwhile get 503
 * and do not wait. Keys count for 15 minutes, longer only by
 * {@link Builder#staleOnOutage}; then calls get 503. Instances are safe for use by several threads; close them.
 */
public final class JwtVerifier implements TokenVerifier, AutoCloseable {

    private static final int LONGEST = 8_192;
    private static final Pattern NAME = Pattern.compile("[!-~]{1,256}");
    private static final Set<String> ALGORITHMS =
            Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    private final Jwks keys;
    private final String clientClaim;
    private final String scopeClaim;
    private final ScheduledExecutorService refreshing;

    JwtVerifier(Builder builder, Jwks.Source source, Clock clock, LongSupplier nanos, Duration refresh) {
        this.keys = new Jwks(source, builder.stale, nanos);
        this.clientClaim = builder.clientClaim;
        this.scopeClaim = builder.scopeClaim;
        Set<JWSAlgorithm> algorithms =
                builder.algorithms.stream().map(JWSAlgorithm::parse).collect(Collectors.toSet());
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(algorithms, keys));
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        processor.setJWTClaimsSetVerifier(new Claims(builder, clock));
        this.refreshing = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "dowel-jwks");
            thread.setDaemon(true);
            return thread;
        });
        var unused = refreshing.scheduleWithFixedDelay(keys::refresh, 0, refresh.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static final class Claims extends DefaultJWTClaimsVerifier<SecurityContext> {
        private final Clock clock;

        Claims(Builder builder, Clock clock) {
            super(
                    builder.audience,
                    new JWTClaimsSet.Builder().issuer(builder.issuer).build(),
                    Set.of("iss", "aud", "exp"));
            this.clock = clock;
            setMaxClockSkew((int) builder.leeway.toSeconds());
        }

        @Override
        protected Date currentTime() {
            return Date.from(clock.instant());
        }
    }

    /**
     * Returns a builder of a verifier.
     *
     * @param jwks where the issuer publishes its keys: {@code https}, or {@code http} on this machine ({@code localhost},
     *     {@code 127.0.0.1}, {@code [::1]})
     * @param issuer what {@code iss} has to be, exactly
     * @param audience what {@code aud} has to be or to contain: the name of this service at the issuer
     * @return the builder
     * @throws IllegalArgumentException if the address is of another kind, or a text is empty
     */
    public static Builder builder(URI jwks, String issuer, String audience) {
        return new Builder(jwks, issuer, audience);
    }

    /**
     * Returns whether the token is one of the issuer's for this service. The principal's name is the client claim, and its
     * attribute {@code secret} the id of the key, if the token names one.
     *
     * @param token the token as sent
     * @return accepted, rejected, or unavailable while the keys cannot be known
     */
    @Override
    public Verification verify(BearerToken token) {
        try {
            SignedJWT jwt = SignedJWT.parse(token.value());
            return principal(processor.process(jwt, null), jwt.getHeader().getKeyID());
        } catch (ParseException e) {
            return new Verification.Rejected(RefusalReason.MALFORMED);
        } catch (ExpiredJWTException e) {
            return new Verification.Rejected(RefusalReason.EXPIRED);
        } catch (BadJWSException e) {
            return new Verification.Rejected(RefusalReason.WRONG_SECRET);
        } catch (KeySourceException e) {
            return new Verification.Unavailable(Jwks.INTERVAL);
        } catch (BadJOSEException | JOSEException e) {
            return new Verification.Rejected(RefusalReason.OTHER);
        } catch (RuntimeException | StackOverflowError e) {
            // A parser that breaks on hostile input says nothing against the issuer: refuse, and stay available.
            return new Verification.Rejected(RefusalReason.MALFORMED);
        }
    }

    /**
     * Returns 8,192.
     *
     * @return the longest {@code Authorization} value, in characters
     */
    @Override
    public int maxTokenLength() {
        return LONGEST;
    }

    /** Stops fetching ahead; what is known goes on counting for its time. */
    @Override
    public void close() {
        refreshing.shutdown();
    }

    private Verification principal(JWTClaimsSet claims, @Nullable String keyId) {
        if (!(claims.getClaim(clientClaim) instanceof String name)
                || !NAME.matcher(name).matches()) {
            return new Verification.Rejected(RefusalReason.OTHER);
        }
        Map<String, String> attributes = keyId == null ? Map.of() : Map.of("secret", keyId);
        return new Verification.Accepted(new ServicePrincipal(name, scopes(claims.getClaim(scopeClaim)), attributes));
    }

    private static Set<String> scopes(@Nullable Object claim) {
        Stream<?> scopes = Stream.empty();
        if (claim instanceof String text) {
            scopes = Stream.of(text.split(" ", -1));
        } else if (claim instanceof List<?> list) {
            scopes = list.stream();
        }
        return scopes.filter(String.class::isInstance)
                .map(String.class::cast)
                .filter(scope -> !scope.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Collects the options of a {@link JwtVerifier}. Not safe for use by several threads. */
    public static final class Builder {

        private final URI jwks;
        private final String issuer;
        private final String audience;
        private Set<String> algorithms = Set.of("RS256", "PS256", "ES256");
        private String clientClaim = "sub";
        private String scopeClaim = "scope";
        private Duration leeway = Duration.ofSeconds(30);
        private Duration stale = Duration.ZERO;

        private Builder(URI jwks, String issuer, String audience) {
            this.jwks = Objects.requireNonNull(jwks, "jwks");
            this.issuer = Objects.requireNonNull(issuer, "issuer");
            this.audience = Objects.requireNonNull(audience, "audience");
            boolean local = jwks.getHost() != null
                    && Set.of("localhost", "127.0.0.1", "[::1]").contains(jwks.getHost());
            if (jwks.getHost() == null
                    || jwks.getRawUserInfo() != null
                    || !("https".equals(jwks.getScheme()) || (local && "http".equals(jwks.getScheme())))) {
                throw new IllegalArgumentException("jwks must be an https address without user info");
            }
            if (issuer.isEmpty() || audience.isEmpty()) {
                throw new IllegalArgumentException("issuer and audience must not be empty");
            }
        }

        /**
         * Sets the algorithms that a token may be signed with; {@code RS256}, {@code PS256} and {@code ES256} unless set.
         *
         * @param names of {@code RS}, {@code PS} and {@code ES} with 256, 384 or 512, at least one
         * @return this builder
         * @throws IllegalArgumentException if there is none, or another one, such as {@code none} or {@code HS256}
         */
        public Builder algorithms(String... names) {
            Set<String> given = Set.of(names);
            if (given.isEmpty() || !ALGORITHMS.containsAll(given)) {
                throw new IllegalArgumentException("algorithms must be some of " + ALGORITHMS);
            }
            algorithms = given;
            return this;
        }

        /**
         * Sets the claim that names the client, {@code sub} unless set; a token without it is refused.
         *
         * @param name such as {@code client_id} or {@code azp}
         * @return this builder
         */
        public Builder clientClaim(String name) {
            clientClaim = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Sets the claim that holds the scopes, {@code scope} unless set: a text with spaces between them, or a list.
         *
         * @param name such as {@code scp}
         * @return this builder
         */
        public Builder scopeClaim(String name) {
            scopeClaim = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Sets by how much clocks may differ, 30 seconds unless set.
         *
         * @param difference 0 to 60 seconds, in whole seconds
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder leeway(Duration difference) {
            if (difference.isNegative() || difference.compareTo(Duration.ofSeconds(60)) > 0) {
                throw new IllegalArgumentException("leeway must be 0 to 60 seconds: " + difference);
            }
            leeway = difference;
            return this;
        }

        /**
         * Sets how much longer than 15 minutes known keys count while new ones cannot be fetched, zero unless set. A key that
         * the issuer took back meanwhile counts as long.
         *
         * @param longer 0 to 7 days
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder staleOnOutage(Duration longer) {
            if (longer.isNegative() || longer.compareTo(Duration.ofDays(7)) > 0) {
                throw new IllegalArgumentException("staleOnOutage must be 0 to 7 days: " + longer);
            }
            stale = longer;
            return this;
        }

        /**
         * Returns the verifier and begins to fetch keys; does not wait for them.
         *
         * @return a verifier on the system's clock
         */
        public JwtVerifier build() {
            return build(Clock.systemUTC(), System::nanoTime);
        }

        JwtVerifier build(Clock clock, LongSupplier nanos) {
            return new JwtVerifier(this, new JwksFetch(jwks)::fetch, clock, nanos, Jwks.REFRESH);
        }
    }
}
