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
import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
 * or characters outside printable ASCII needs a token and every scope of every rule. What asks for a scope or for {@link
 * Authentication#REQUIRED} also holds for the same path in other case and with or without a last slash, while what opens a
 * path holds for it as written only. Scopes of {@link RequireScope} on a servlet add to those of the mappings, whatever the
 * path; an INCLUDE needs those of all servlets.
 *
 * <p>Behind the filter {@code getUserPrincipal()} is a {@link ServicePrincipal}, {@code isUserInRole} asks its scopes, and
 * {@code getAuthType()} is {@code Bearer}. Where a call passes as nobody, also by {@link Authentication#NONE} and on an error
 * page, all of them say so, whatever the container or an earlier filter found out, and {@code login} and {@code
 * authenticate} throw; where something else shall authenticate, do not map this filter. The filter makes no session and
 * reads no body.
 */
public final class BearerTokenFilter implements Filter {

    private final AccessRules rules;
    private final AnnotatedScopes annotated = new AnnotatedScopes();
    private final RefusalAnswer answer;
    private final AuditTrail audit;
    private final Authenticator authenticator;
    private final boolean preflights;

    private BearerTokenFilter(Builder builder) {
        this.rules = new AccessRules(builder.modes, builder.scopes);
        this.answer = new RefusalAnswer(builder.realm, builder.errorWriter);
        this.audit = new AuditTrail(builder.listener);
        this.authenticator = new Authenticator(builder.verifier, builder.maxTokenLength, builder.failures, this.audit);
        this.preflights = builder.preflights;
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
        Outcome known = authenticator.known(call);
        if (call.getDispatcherType() == DispatcherType.ERROR) {
            chain.doFilter(identified(call, known), reply);
            return;
        }
        if (preflights && isPreflight(call)) {
            chain.doFilter(new AnonymousRequest(call), reply);
            return;
        }
        AccessRules.Access access = rules.access(call).and(annotated.ofServlet(call));
        if (access.mode() == Authentication.NONE) {
            chain.doFilter(identified(call, known), reply);
            return;
        }
        Outcome outcome = authenticator.outcome(call);
        Outcome.Refused refusal = refusal(outcome, access);
        if (refusal == null) {
            chain.doFilter(identified(call, outcome), reply);
        } else {
            refuse(call, reply, outcome, refusal, access);
        }
    }

    /**
     * Returns whether the call may reach a handler with {@link RequireScope}, and answers it if not. For interceptors of web
     * frameworks, behind this filter:
     *
     * <pre>{@code
     * public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) throws IOException {
     *     return !(handler instanceof HandlerMethod method)
     *             || filter.permits(request, response, method.getBeanType(), method.getMethod());
     * }
     * }</pre>
     *
     * @param request the call, as the filter passed it on or wrapped since
     * @param response its answer, not committed
     * @param handlers what will handle it, such as class and method; their scopes add up
     * @return true if no handler is annotated, or if a token was accepted whose client has all scopes; else false, with the
     *     answer given and the listener told
     * @throws IOException if the answer cannot be written
     * @throws IllegalStateException if an annotation holds what is no scope token
     */
    public boolean permits(HttpServletRequest request, HttpServletResponse response, AnnotatedElement... handlers)
            throws IOException {
        Set<String> needed = AnnotatedScopes.of(List.of(handlers));
        if (needed == null) {
            return true;
        }
        AccessRules.Access access = new AccessRules.Access(Authentication.REQUIRED, needed);
        Outcome outcome = authenticator.outcome(request);
        Outcome.Refused refusal = refusal(outcome, access);
        if (refusal != null) {
            refuse(request, response, outcome, refusal, access);
        }
        return refusal == null;
    }

    /** Returns why the call may not pass, or null if it may. */
    private static Outcome.@Nullable Refused refusal(Outcome outcome, AccessRules.Access access) {
        if (outcome instanceof Outcome.Authenticated authenticated) {
            boolean suffices = authenticated.principal().scopes().containsAll(access.scopes());
            return suffices ? null : new Outcome.Refused(RefusalReason.INSUFFICIENT_SCOPE);
        }
        Outcome.Refused refused = (Outcome.Refused) outcome;
        return access.mode().letsThrough(refused.reason()) ? null : refused;
    }

    private void refuse(
            HttpServletRequest request,
            HttpServletResponse response,
            Outcome outcome,
            Outcome.Refused refusal,
            AccessRules.Access access)
            throws IOException {
        Optional<ServicePrincipal> principal = outcome instanceof Outcome.Authenticated authenticated
                ? Optional.of(authenticated.principal())
                : Optional.empty();
        audit.refused(request, refusal.rejected(), principal);
        answer.write(request, response, refusal, access.scopes());
    }

    private static HttpServletRequest identified(HttpServletRequest request, @Nullable Outcome known) {
        return known instanceof Outcome.Authenticated authenticated
                ? new AuthenticatedRequest(request, authenticated.principal())
                : new AnonymousRequest(request);
    }

    /** A preflight carries no credentials by the rules of browsers; like every exemption it holds for canonical paths. */
    private static boolean isPreflight(HttpServletRequest request) {
        return request.getDispatcherType() == DispatcherType.REQUEST
                && "OPTIONS".equals(request.getMethod())
                && request.getHeader("Origin") != null
                && request.getHeader("Access-Control-Request-Method") != null
                && RequestPath.canonical(request) != null;
    }

    /** Collects the options of a {@link BearerTokenFilter}. Not safe for use by several threads. */
    public static final class Builder {

        private static final int GREATEST_LENGTH = 65_536;

        private final TokenVerifier verifier;
        private final List<AccessRules.ModeRule> modes = new ArrayList<>();
        private final List<AccessRules.ScopeRule> scopes = new ArrayList<>();
        private String realm = "service";
        private int maxTokenLength;
        private boolean preflights;
        private ErrorWriter errorWriter = ErrorWriter.detail();
        private @Nullable AuthenticationListener listener;
        private @Nullable FailureWatch failures;

        private Builder(TokenVerifier verifier) {
            this.verifier = verifier;
            maxTokenLength(verifier.maxTokenLength());
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
         * A mapping to {@link Authentication#REQUIRED} holds in other case and with or without a last slash too, other modes
         * as written only. On a path with a mapping other than {@link Authentication#REQUIRED}, scopes that a wider mapping asks for are not
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
         * Demands a scope on some paths, beside every other scope that other mappings demand there, in whatever case the path
         * is asked for and with or without a last slash. Such a path always
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
                scopes.add(new AccessRules.ScopeRule(mapping, Set.of(scope)));
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
         * Sets who writes the bodies of refusals, {@link ErrorWriter#detail()} unless set.
         *
         * @param writer writes content type and body
         * @return this builder
         */
        public Builder errorWriter(ErrorWriter writer) {
            errorWriter = Objects.requireNonNull(writer, "writer");
            return this;
        }

        /**
         * Sets who holds addresses back that send wrong tokens, nobody unless set. The address is that of the connection's
         * other end: behind a proxy the proxy's, so that one caller with wrong tokens would have all others refused.
         *
         * @param limiter asked for every call with an {@code Authorization} header on a path that looks at it
         * @return this builder
         */
        public Builder failureLimiter(FailureLimiter limiter) {
            return failureLimiter(limiter, RemoteAddress::of);
        }

        /**
         * Sets who holds addresses back that send wrong tokens, and how the address of a caller is found, for services behind
         * proxies. Where the function returns null or throws, the address of the connection's other end counts.
         *
         * @param limiter asked for every call with an {@code Authorization} header on a path that looks at it
         * @param address called on the thread of the request, once for each call that the limiter is asked for; must
         *     believe headers of known proxies only, or a caller chooses who is held back
         * @return this builder
         */
        public Builder failureLimiter(FailureLimiter limiter, Function<HttpServletRequest, String> address) {
            failures = new FailureWatch(
                    Objects.requireNonNull(limiter, "limiter"), Objects.requireNonNull(address, "address"));
            return this;
        }

        /**
         * Sets whether preflight requests of browsers pass as nobody: {@code OPTIONS} with {@code Origin} and {@code
         * Access-Control-Request-Method}, on canonical paths. They do not unless set. Whatever answers them must stand
         * behind this filter and do nothing else for {@code OPTIONS}.
         *
         * @param pass whether they pass
         * @return this builder
         */
        public Builder preflights(boolean pass) {
            preflights = pass;
            return this;
        }

        /**
         * Sets the longest {@code Authorization} value that is looked at, scheme and spaces included; what the verifier
         * asks for, mostly 2,048, unless set. A longer one is refused before it is decoded or hashed.
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
