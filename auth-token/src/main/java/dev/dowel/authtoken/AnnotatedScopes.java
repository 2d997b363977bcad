package dev.dowel.authtoken;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.AnnotatedElement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The scopes that {@link RequireScope} asks for, on the servlet that a dispatch goes to or on handlers. */
final class AnnotatedScopes {

    /** By context path and servlet; as many as there are servlets, for callers choose among the configured ones only. */
    private final Map<String, Map<String, Optional<Set<String>>>> servlets = new ConcurrentHashMap<>();

    /** Returns the scopes of the servlet, or null if it is not annotated. */
    @Nullable
    Set<String> ofServlet(HttpServletRequest request) {
        ServletContext application = request.getServletContext();
        if (request.getDispatcherType() == DispatcherType.INCLUDE) {
            return ofAny(application);
        }
        String path = application.getContextPath();
        HttpServletMapping mapping = request.getHttpServletMapping();
        String name = String.valueOf(mapping.getServletName());
        Map<String, Optional<Set<String>>> context = servlets.computeIfAbsent(path, any -> new ConcurrentHashMap<>());
        Optional<Set<String>> known = context.get(name);
        if (known == null) {
            known = look(application, name);
            context.put(name, known);
        }
        return known.orElse(null);
    }

    /** Not every container tells which servlet is included (Undertow does not), so all scopes are needed. */
    private @Nullable Set<String> ofAny(ServletContext context) {
        Set<String> all = null;
        for (String name : context.getServletRegistrations().keySet()) {
            Set<String> scopes = look(context, name).orElse(null);
            if (scopes != null) {
                all = all == null ? new TreeSet<>() : all;
                all.addAll(scopes);
            }
        }
        return all;
    }

    /** Returns the scopes of all elements together, or null if none is annotated. */
    static @Nullable Set<String> of(Iterable<? extends AnnotatedElement> elements) {
        Set<String> scopes = null;
        for (AnnotatedElement element : elements) {
            RequireScope annotation = element.getAnnotation(RequireScope.class);
            if (annotation != null) {
                scopes = scopes == null ? new TreeSet<>() : scopes;
                scopes.addAll(List.of(annotation.value()));
            }
        }
        if (scopes != null && !scopes.stream().allMatch(Scope::isValid)) {
            throw new IllegalStateException("@RequireScope must hold scope tokens of RFC 6749 on one of " + elements);
        }
        return scopes;
    }

    private static Optional<Set<String>> look(ServletContext context, String name) {
        ServletRegistration registration = context.getServletRegistration(name);
        String className = registration == null ? null : registration.getClassName();
        // Only what the container brings along, such as JSP and its default servlet, is registered without a class.
        return className == null ? Optional.empty() : Optional.ofNullable(of(List.of(type(className, context))));
    }

    /** Jetty hides its own servlets from the application, so the loader of the container is asked too. */
    private static Class<?> type(String name, ServletContext context) {
        ClassLoader[] loaders = {
            context.getClassLoader(),
            Thread.currentThread().getContextClassLoader(),
            context.getClass().getClassLoader()
        };
        for (ClassLoader loader : loaders) {
            try {
                return Class.forName(name, false, loader);
            } catch (ClassNotFoundException e) {
                // The next one may find it.
            }
        }
        throw new IllegalStateException("@RequireScope cannot be looked for, because neither application nor container"
                + " can load the servlet class " + name + "; register a class with a name that can be loaded");
    }
}
