package dev.dowel.authtoken;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The scopes that a call needs, all of them. {@link BearerTokenFilter} reads it on servlet classes, where it holds for
 * every path of the servlet, also one that a mapping opens; on the handlers of a web framework, ask {@link
 * BearerTokenFilter#permits}. A subclass inherits the scopes of its superclass unless it names its own.
 *
 * <p>The class that counts is the one registered with the container. A servlet that is registered inside a wrapper of another
 * class, or reached by a dispatcher by name, is <b>not</b> seen: name its paths in {@link
 * BearerTokenFilter.Builder#requireScope}, or have the wrapper ask {@link BearerTokenFilter#permits} with the class of what
 * it wraps. Where a registered class cannot be loaded to look at it, the call fails with 500.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface RequireScope {

    /**
     * Returns the scopes.
     *
     * @return scope tokens of RFC 6749; none means that a token is needed and no scope
     */
    String[] value();
}
