package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnnotatedServletsTest {
    private static final RateLimitRules DEFAULT = RateLimitRules.of(RateLimitRule.perIp(9, Duration.ofMinutes(1)));

    @RateLimited(calls = 5, methods = "POST")
    @RateLimited(calls = 50, period = "PT1H", cost = 2)
    static final class Login extends HttpServlet {
        private static final long serialVersionUID = 1L;
    }

    @RateLimited(rule = "reports")
    static final class Reports extends HttpServlet {
        private static final long serialVersionUID = 1L;
    }

    @RateLimited(calls = 5, period = "a minute")
    static final class Wrong extends HttpServlet {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void each_annotation_of_a_servlet_is_a_rule_for_it_and_its_methods() {
        RateLimitRules rules =
                AnnotatedServlets.of(context("my login", Login.class.getName())).added(DEFAULT);
        assertThat(names(rules, "my login", "POST")).containsExactly("my-login", "my-login-2");
        assertThat(names(rules, "my login", "GET")).containsExactly("my-login-2");
        assertThat(names(rules, "other", "POST")).containsExactly("default");
        assertThat(rules.named("my-login-2").orElseThrow().quotas())
                .containsExactly(new Quota(50, Duration.ofHours(1)));
    }

    @Test
    void an_annotation_may_name_a_rule_of_the_filter_also_when_that_changes() {
        RateLimitFilter filter = RateLimitFilter.builder()
                .rules(DEFAULT)
                .rule(RateLimitRule.builder("reports", Quota.parse("1/PT1H")).build())
                .build();
        filter.init(config(context("r", Reports.class.getName())));
        assertThatThrownBy(() -> filter.rules(DEFAULT))
                .hasMessageContaining("servlet r")
                .hasMessageContaining("'reports'");
        filter.rules(RateLimitRules.parse("default 1/PT1M; reports 2/PT1H"));
    }

    @Test
    void a_wrong_annotation_is_named_at_the_start() {
        AnnotatedServlets wrong = AnnotatedServlets.of(context("w", Wrong.class.getName()));
        assertThatThrownBy(() -> wrong.added(DEFAULT))
                .hasMessageContaining("servlet w")
                .hasMessageContaining("period");
    }

    @Test
    void a_servlet_that_cannot_be_loaded_is_left_to_the_container() {
        assertThat(AnnotatedServlets.of(context("x", "no.such.Servlet"))
                        .added(DEFAULT)
                        .toString())
                .isEqualTo(DEFAULT.toString());
    }

    private static List<String> names(RateLimitRules rules, String servlet, String method) {
        HttpServletMapping mapping = stub(HttpServletMapping.class, (self, called, arguments) -> servlet);
        HttpServletRequest request =
                stub(HttpServletRequest.class, (self, called, arguments) -> switch (called.getName()) {
                    case "getHttpServletMapping" -> mapping;
                    case "getMethod" -> method;
                    case "getServletPath" -> "/x";
                    default -> null;
                });
        return Arrays.stream(rules.rulesFor(request)).map(RateLimitRule::name).toList();
    }

    private static FilterConfig config(ServletContext context) {
        return stub(FilterConfig.class, (self, called, arguments) -> context);
    }

    private static ServletContext context(String servlet, String type) {
        ServletRegistration registration = stub(
                ServletRegistration.class,
                (self, called, arguments) -> called.getName().equals("getName") ? servlet : type);
        return stub(
                ServletContext.class,
                (self, called, arguments) -> called.getName().equals("getClassLoader")
                        ? AnnotatedServletsTest.class.getClassLoader()
                        : Map.of(servlet, registration));
    }

    private static <T> T stub(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
