package dev.dowel.ratelimit;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import java.util.Objects;

/** What requests a rule is for. Immutable. */
public final class Match {
    /** What is compared. */
    enum Kind {
        SERVLET,
        PATH,
        METHOD
    }

    private final Kind kind;
    private final String value;
    private final boolean prefix;

    private Match(Kind kind, String value, boolean prefix) {
        this.kind = kind;
        this.value = value;
        this.prefix = prefix;
    }

    /**
     * Requests that the container gives to a servlet. How their path is spelled does not matter.
     *
     * @param name the servlet's name
     * @return a match
     */
    public static Match servlet(String name) {
        return new Match(Kind.SERVLET, Objects.requireNonNull(name, "name"), false);
    }

    /**
     * Requests to a path within the application, as the container decodes it. Letter case, path parameters, repeated and
     * trailing slashes make no difference.
     *
     * @param pattern a path such as {@code /login}, or a beginning such as {@code /api/*}
     * @return a match
     * @throws IllegalArgumentException if the pattern does not begin with a slash, or has a star elsewhere
     */
    public static Match path(String pattern) {
        boolean prefix = pattern.endsWith("/*");
        String plain = prefix ? pattern.substring(0, pattern.length() - 2) : pattern;
        if (!pattern.startsWith("/") || plain.indexOf('*') >= 0) {
            throw new IllegalArgumentException("A path is such as /login or /api/*, not " + pattern);
        }
        return new Match(Kind.PATH, RequestPath.normal(plain), prefix);
    }

    /**
     * Requests with a method; those with GET are also those with HEAD, which do the same and only get no body.
     *
     * @param name the method, such as {@code POST}
     * @return a match
     * @throws IllegalArgumentException if the name is empty
     */
    public static Match method(String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("A method is such as POST");
        }
        return new Match(Kind.METHOD, name.toUpperCase(Locale.ROOT), false);
    }

    Kind kind() {
        return kind;
    }

    boolean fits(HttpServletRequest request, RequestPath path) {
        return switch (kind) {
            case SERVLET -> value.equals(request.getHttpServletMapping().getServletName());
            case METHOD -> isMethod(request.getMethod());
            case PATH -> path.fits(value, prefix);
        };
    }

    private boolean isMethod(String method) {
        return value.equalsIgnoreCase(method) || (value.equals("GET") && method.equalsIgnoreCase("HEAD"));
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + "=" + value + (prefix ? "/*" : "");
    }
}
