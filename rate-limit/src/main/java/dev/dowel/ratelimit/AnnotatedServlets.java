package dev.dowel.ratelimit;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the servlets of an application say of their limits. */
final class AnnotatedServlets {
    private static final AnnotatedServlets NONE = new AnnotatedServlets(List.of());

    private final List<One> all;

    private record One(String servlet, int position, RateLimited limit) {}

    private AnnotatedServlets(List<One> all) {
        this.all = all;
    }

    static AnnotatedServlets none() {
        return NONE;
    }

    static AnnotatedServlets of(ServletContext context) {
        List<One> all = new ArrayList<>();
        for (ServletRegistration servlet : context.getServletRegistrations().values()) {
            @Nullable Class<?> type = load(servlet.getClassName(), context);
            if (type != null) {
                RateLimited[] limits = type.getAnnotationsByType(RateLimited.class);
                for (int i = 0; i < limits.length; i++) {
                    all.add(new One(servlet.getName(), i, limits[i]));
                }
            }
        }
        return new AnnotatedServlets(all);
    }

    /** Loads without initializing; what cannot be loaded the container will tell of itself. */
    private static @Nullable Class<?> load(@Nullable String name, ServletContext context) {
        if (name == null) {
            return null;
        }
        try {
            return Class.forName(name, false, loader(context));
        } catch (ClassNotFoundException | LinkageError e) {
            return null;
        }
    }

    /** An embedded Jetty has no class loader of its own. */
    private static ClassLoader loader(ServletContext context) {
        @Nullable ClassLoader application = context.getClassLoader();
        if (application != null) {
            return application;
        }
        @Nullable ClassLoader thread = Thread.currentThread().getContextClassLoader();
        return thread == null ? ClassLoader.getSystemClassLoader() : thread;
    }

    /** Adds a rule for each; fails with the servlet's name if one is wrong. */
    RateLimitRules added(RateLimitRules rules) {
        RateLimitRules result = rules;
        for (One one : all) {
            try {
                result = result.with(rule(one, rules), where(one));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "@RateLimited of the servlet " + one.servlet() + ": " + e.getMessage(), e);
            }
        }
        return result;
    }

    private static RateLimitRule rule(One one, RateLimitRules rules) {
        RateLimited limit = one.limit();
        if (limit.calls() == -1) {
            return rules.named(limit.rule())
                    .orElseThrow(() -> new IllegalArgumentException(
                            "it has no calls, and no rule of the filter is named '" + limit.rule() + "'"));
        }
        return RateLimitRule.builder(name(one), new Quota(limit.calls(), period(limit)))
                .cost(limit.cost())
                .build();
    }

    private static Duration period(RateLimited limit) {
        try {
            return Duration.parse(limit.period());
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("period is such as PT1M, not " + limit.period(), e);
        }
    }

    private static String name(One one) {
        if (!one.limit().rule().isEmpty()) {
            return one.limit().rule();
        }
        String servlet = one.servlet().replaceAll("[^A-Za-z0-9._-]", "-");
        String shortened = servlet.substring(Math.max(0, servlet.length() - 60));
        return one.position() == 0 ? shortened : shortened + "-" + (one.position() + 1);
    }

    private static Match[] where(One one) {
        List<Match> where = new ArrayList<>();
        where.add(Match.servlet(one.servlet()));
        for (String method : one.limit().methods()) {
            where.add(Match.method(method));
        }
        return where.toArray(Match[]::new);
    }
}
