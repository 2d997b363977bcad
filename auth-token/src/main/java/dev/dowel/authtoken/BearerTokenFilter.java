package dev.dowel.authtoken;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a call pass only with {@code Authorization: Bearer} and a token that the verifier accepts, and answers every other
 * one by RFC 6750 with a JSON body {@code {"detail": "..."}}. Instances are safe for use by several threads.
 *
 * <pre>{@code
 * BearerTokenFilter filter = BearerTokenFilter.builder(ClientTokenVerifier.fromEnvironment())
 *         .realm("users")
 *         .authentication(Authentication.NONE, "/health")
 *         .requireScope("users:delete", "/admin/*")
 *         .build();
 * FilterRegistration.Dynamic registration = servletContext.addFilter("bearer-token", filter);
 * registration.setAsyncSupported(true);
 * registration.addMappingForUrlPatterns(EnumSet.of(REQUEST, ASYNC, FORWARD, ERROR), false, "/*");
 * }</pre>
 *
 * <p>Stands behind a rate limit and before everything that needs to know the caller, mapped to {@code /*} for REQUEST,
 * ASYNC, FORWARD and, so that error pages know the caller, ERROR. A request is verified once; forwards and asynchronous
 * dispatches are checked against the rules of their own path with what is known of the token, so that an open path
 * cannot forward to a closed one unseen. An ERROR dispatch is never refused, because the container chose its path. An
 * INCLUDE, where mapped, is checked like a forward, but its answer is text in the including page.
 *
 * <p>Mappings are a path ({@code /health}) or a path with all below it ({@code /api/*}), relative to the context, decoded.
 * They hold for canonical paths only: one with {@code ;}, {@code //}, backslash, dot segments, needless percent encoding
 * or characters outside printable ASCII needs a token and every scope of every rule.
 *
 * <p>Behind the filter {@code getUserPrincipal()} is a {@link ServicePrincipal}, {@code isUserInRole} asks its scopes, and
 * {@code getAuthType()} is {@code Bearer}. The filter makes no session and reads no body.
 */
public final class BearerTokenFilter implements Filter {

    private static final Logger LOG = LoggerFactory.getLogger(BearerTokenFilter.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

    private final TokenVerifier verifier;
    private final AccessRules rules;
    private final RefusalAnswer answer;
    private final int maxTokenLength;
    private final @Nullable AuthenticationListener listener;
    private final ThrottledLog verifierLog = new ThrottledLog(LOG, "The token verifier", System::nanoTime);
    private final ThrottledLog listenerLog = new ThrottledLog(LOG, "The authentication listener", System::nanoTime);
    private final String attribute = BearerTokenFilter.class.getName() + "." + UUID.randomUUID();

    /** Kept with the request. Only an instance made by this very filter counts, whatever others put in its place. */
    private record Marker(BearerTokenFilter owner, Outcome outcome) {
        @Override
        public String toString() {
            return "BearerTokenFilter.Marker";
        }
    }

    private BearerTokenFilter(Builder builder) {
        this.verifier = builder.verifier;
        this.rules = new AccessRules(builder.modes, builder.scopes);
        this.answer = new RefusalAnswer(builder.realm);
        this.maxTokenLength = builder.maxTokenLength;
        this.listener = builder.listener;
    }

    /**
     * Returns a builder of a filter that needs an accepted token for every path.
     *
     * @param verifier decides about tokens
     * @return the builder
     */
    public static Builder builder(TokenVerifier verifier) {
        return new Builder(Objects.requireNonNull(verifier, "verifier"));
    }

    /**
     * Passes the call on with the caller known, or answers it.
     *
     * @param request the call
     * @param response its answer
     * @param chain what the filter guards
     * @throws ServletException if the call is not HTTP, or from the chain
     * @throws IOException if the answer cannot be written, or from the chain
     */
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest call) || !(response instanceof HttpServletResponse reply)) {
            throw new ServletException("BearerTokenFilter guards HTTP only; map it to HTTP servlets");
        }
        Outcome known = known(call);
        if (call.getDispatcherType() == DispatcherType.ERROR) {
            chain.doFilter(identified(call, known), reply);
            return;
        }
        AccessRules.Access access = rules.access(call);
        if (access.mode() == Authentication.NONE) {
            chain.doFilter(identified(call, known), reply);
            return;
        }
        Outcome outcome = known == null ? authenticate(call) : known;
        if (outcome instanceof Outcome.Authenticated authenticated) {
            ServicePrincipal principal = authenticated.principal();
            if (principal.scopes().containsAll(access.scopes())) {
                chain.doFilter(new AuthenticatedRequest(call, principal), reply);
            } else {
                Outcome.Refused refused = new Outcome.Refused(RefusalReason.INSUFFICIENT_SCOPE, Duration.ZERO);
                refuse(call, reply, refused, access, principal);
            }
        } else if (outcome instanceof Outcome.Refused refused) {
            if (access.mode().letsThrough(refused.reason())) {
                chain.doFilter(call, reply);
            } else {
                refuse(call, reply, refused, access, null);
            }
        }
    }

    private @Nullable Outcome known(HttpServletRequest request) {
        return request.getAttribute(attribute) instanceof Marker marker && marker.owner() == this
                ? marker.outcome()
                : null;
    }

    private static HttpServletRequest identified(HttpServletRequest request, @Nullable Outcome known) {
        return known instanceof Outcome.Authenticated authenticated
                ? new AuthenticatedRequest(request, authenticated.principal())
                : request;
    }

    private Outcome authenticate(HttpServletRequest request) {
        Outcome outcome = outcome(AuthorizationHeader.parse(request.getHeaders("Authorization"), maxTokenLength));
        request.setAttribute(attribute, new Marker(this, outcome));
        if (listener != null && outcome instanceof Outcome.Authenticated authenticated) {
            tell(listener, request, authenticated.principal(), null);
        }
        return outcome;
    }

    private Outcome outcome(AuthorizationHeader header) {
        if (header instanceof AuthorizationHeader.Unusable unusable) {
            return new Outcome.Refused(unusable.reason(), Duration.ZERO);
        }
        Verification verification = verify(((AuthorizationHeader.Token) header).token());
        if (verification instanceof Verification.Accepted accepted) {
            return new Outcome.Authenticated(accepted.principal());
        }
        if (verification instanceof Verification.Unavailable unavailable) {
            return new Outcome.Refused(RefusalReason.UNAVAILABLE, unavailable.retryAfter());
        }
        return new Outcome.Refused(refusal(((Verification.Rejected) verification).reason()), Duration.ZERO);
    }

    /** A rejected token is a 401 like any other, even if a verifier names a reason that has another answer. */
    private static RefusalReason refusal(RefusalReason reason) {
        return switch (reason) {
            case MISSING, OTHER_SCHEME, SEVERAL_CREDENTIALS, INSUFFICIENT_SCOPE, UNAVAILABLE -> RefusalReason.OTHER;
            default -> reason;
        };
    }

    private Verification verify(BearerToken token) {
        try {
            return Objects.requireNonNull(verifier.verify(token), "verification");
        } catch (RuntimeException e) {
            verifierLog.failed(e);
            return new Verification.Unavailable(AFTER_FAILURE);
        }
    }

    private void refuse(
            HttpServletRequest request,
            HttpServletResponse response,
            Outcome.Refused refused,
            AccessRules.Access access,
            @Nullable ServicePrincipal principal)
            throws IOException {
        LOG.debug("Refused a call: {}", refused.reason());
        if (listener != null) {
            tell(listener, request, principal, refused.reason());
        }
        answer.write(response, refused.reason(), refused.retryAfter(), access.scopes());
    }

    private void tell(
            AuthenticationListener told,
            HttpServletRequest request,
            @Nullable ServicePrincipal principal,
            @Nullable RefusalReason reason) {
        AuthenticationEvent event = new AuthenticationEvent(
                LoggableText.of(request.getMethod()),
                LoggableText.of(request.getRequestURI()),
                LoggableText.of(request.getRemoteAddr()),
                Optional.ofNullable(principal),
                Optional.ofNullable(reason));
        try {
            if (reason == null) {
                told.onSuccess(event);
            } else {
                told.onFailure(event);
            }
        } catch (RuntimeException e) {
            listenerLog.failed(e);
        }
    }

    /** Collects the options of a {@link BearerTokenFilter}. Not safe for use by several threads. */
    public static final class Builder {

        private static final int DEFAULT_LENGTH = 2_048;
        private static final int GREATEST_LENGTH = 65_536;

        private final TokenVerifier verifier;
        private final List<AccessRules.ModeRule> modes = new ArrayList<>();
        private final List<AccessRules.ScopeRule> scopes = new ArrayList<>();
        private String realm = "service";
        private int maxTokenLength = DEFAULT_LENGTH;
        private @Nullable AuthenticationListener listener;

        private Builder(TokenVerifier verifier) {
            this.verifier = verifier;
        }

        /**
         * Sets what callers read in the challenge, {@code service} unless set.
         *
         * @param name printable ASCII without quote and backslash, not empty
         * @return this builder
         * @throws IllegalArgumentException if it has other characters
         */
        public Builder realm(String name) {
            Objects.requireNonNull(name, "name");
            if (!name.matches("[ -~&&[^\"\\\\]]+")) {
                throw new IllegalArgumentException("realm must be printable ASCII without quote and backslash");
            }
            realm = name;
            return this;
        }

        /**
         * Sets how the header is treated on some paths; the most specific mapping decides, and of equal ones the strictest.
         * On a path with a mapping other than {@link Authentication#REQUIRED}, scopes that a wider mapping asks for are not
         * needed, while one that is as specific or more still is.
         *
         * @param mode how
         * @param mappings paths like {@code /health} or {@code /api/*}, at least one
         * @return this builder
         * @throws IllegalArgumentException if there is no mapping, or one that is not canonical
         */
        public Builder authentication(Authentication mode, String... mappings) {
            Objects.requireNonNull(mode, "mode");
            for (PathMapping mapping : parsed(mappings)) {
                modes.add(new AccessRules.ModeRule(mapping, mode));
            }
            return this;
        }

        /**
         * Demands a scope on some paths, beside every other scope that other mappings demand there. Such a path always
         * needs an accepted token, unless a more specific {@link #authentication} mapping says otherwise.
         *
         * @param scope a scope token of RFC 6749
         * @param mappings paths like {@code /users} or {@code /api/*}, at least one
         * @return this builder
         * @throws IllegalArgumentException if the scope has foreign characters, there is no mapping, or one that is not
         *     canonical
         */
        public Builder requireScope(String scope, String... mappings) {
            Objects.requireNonNull(scope, "scope");
            if (!Scope.isValid(scope)) {
                throw new IllegalArgumentException("scope must be a scope token of RFC 6749: " + scope);
            }
            for (PathMapping mapping : parsed(mappings)) {
                scopes.add(new AccessRules.ScopeRule(mapping, scope));
            }
            return this;
        }

        /**
         * Sets who hears of decisions, nobody unless set.
         *
         * @param hearer called on the thread of the request
         * @return this builder
         */
        public Builder listener(AuthenticationListener hearer) {
            listener = Objects.requireNonNull(hearer, "hearer");
            return this;
        }

        /**
         * Sets the longest {@code Authorization} value that is looked at, scheme and spaces included; 2,048 unless set.
         *
         * @param characters 64 to 65,536
         * @return this builder
         * @throws IllegalArgumentException if the number is not in that range
         */
        public Builder maxTokenLength(int characters) {
            if (characters < 64 || characters > GREATEST_LENGTH) {
                throw new IllegalArgumentException("maxTokenLength must be 64 to 65536: " + characters);
            }
            maxTokenLength = characters;
            return this;
        }

        /**
         * Returns the filter.
         *
         * @return an immutable filter
         */
        public BearerTokenFilter build() {
            return new BearerTokenFilter(this);
        }

        private static List<PathMapping> parsed(String... mappings) {
            if (mappings.length == 0) {
                throw new IllegalArgumentException("mappings must name at least one path; use /* for all");
            }
            return List.of(mappings).stream().map(PathMapping::parse).toList();
        }
    }
}
