package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules for the servlets of a real container, and keys from its requests. */
@Tag("container")
abstract class ServletRulesContract {
    private ServletServer server;

    abstract ServletServer server() throws Exception;

    @BeforeEach
    void prepare() throws Exception {
        server = server();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** Says its name. */
    public static class Plain extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getOutputStream().print(getServletName());
        }
    }

    @RateLimited(calls = 1, period = "PT1H", methods = "POST")
    @RateLimited(calls = 3, period = "PT1H")
    public static final class Login extends Plain {
        private static final long serialVersionUID = 1L;
    }

    @RateLimited(rule = "reports")
    public static final class Reports extends Plain {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void every_annotation_of_a_servlet_limits_it_and_no_other_servlet() throws Exception {
        start("default 100/PT1H; reports 2/PT1H");
        assertThat(send("POST", "/login")).isEqualTo("200 login");
        assertThat(send("POST", "/login")).isEqualTo("429 login");
        assertThat(send("GET", "/login")).isEqualTo("200 login");
        assertThat(send("GET", "/login")).isEqualTo("200 login");
        assertThat(send("GET", "/login")).isEqualTo("429 login-2");
        assertThat(send("GET", "/plain")).isEqualTo("200 plain");
    }

    @Test
    void an_annotation_that_names_a_rule_of_the_filter_holds_for_a_servlet_that_was_added_as_an_object()
            throws Exception {
        start("default 100/PT1H; reports 2/PT1H");
        assertThat(send("GET", "/reports/a")).isEqualTo("200 reports");
        assertThat(send("GET", "/reports/b?c=d")).isEqualTo("200 reports");
        assertThat(send("GET", "/reports")).isEqualTo("429 reports");
        assertThat(send("GET", "/plain")).isEqualTo("200 plain");
    }

    @Test
    void annotations_hold_when_the_rules_change() throws Exception {
        RateLimitFilter filter = start("default 100/PT1H; reports 2/PT1H");
        filter.rules(RateLimitRules.parse("default 1/PT1H; reports 1/PT1H"));
        assertThat(send("GET", "/reports")).isEqualTo("200 reports");
        assertThat(send("GET", "/reports")).isEqualTo("429 reports");
        assertThat(send("POST", "/login")).isEqualTo("200 login");
        assertThat(send("POST", "/login")).isEqualTo("429 login");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/login;a=b", "/%6cogin", "/./login", "/plain/../login", "//login", "/LOGIN", "/login/"})
    void a_servlet_is_limited_however_its_path_is_spelled(String target) throws Exception {
        start("default 100/PT1H; reports 2/PT1H");
        assertThat(send("POST", "/login")).isEqualTo("200 login");
        for (int i = 0; i < 5; i++) {
            // Or it is not this servlet's path, to the container.
            assertThat(send("POST", target)).isNotEqualTo("200 login");
        }
    }

    @Test
    void a_rule_of_the_text_is_for_the_servlet_it_names() throws Exception {
        start("default 100/PT1H; reports 100/PT1H; plain 1/PT1H servlet=plain");
        assertThat(send("GET", "/plain")).isEqualTo("200 plain");
        assertThat(send("GET", "/plain")).isEqualTo("429 plain");
        assertThat(send("GET", "/reports")).isEqualTo("200 reports");
    }

    @Test
    void users_are_counted_apart_whatever_their_address_and_others_by_address() throws Exception {
        start("default 1/PT1H key=principal; reports 9/PT1H");
        assertThat(sent("/plain", "Test-User: ann", "Test-From: 192.0.2.1")).isEqualTo("200 plain");
        assertThat(sent("/plain", "Test-User: ann", "Test-From: 192.0.2.2")).isEqualTo("429 default");
        assertThat(sent("/plain", "Test-User: bob", "Test-From: 192.0.2.1")).isEqualTo("200 plain");
        assertThat(sent("/plain", "Test-From: 192.0.2.1")).isEqualTo("200 plain");
        assertThat(sent("/plain", "Test-From: 192.0.2.1")).isEqualTo("429 default");
        assertThat(sent("/plain", "Test-From: 192.0.2.2")).isEqualTo("200 plain");
    }

    @Test
    void values_of_a_header_are_counted_apart_and_requests_without_it_by_address() throws Exception {
        start("default 1/PT1H key=header:X-Api-Key; reports 9/PT1H");
        assertThat(sent("/plain", "X-Api-Key: a", "Test-From: 192.0.2.1")).isEqualTo("200 plain");
        assertThat(sent("/plain", "x-api-key: a", "Test-From: 192.0.2.2")).isEqualTo("429 default");
        assertThat(sent("/plain", "X-Api-Key: b", "Test-From: 192.0.2.1")).isEqualTo("200 plain");
        assertThat(sent("/plain", "Test-From: 192.0.2.1")).isEqualTo("200 plain");
        assertThat(sent("/plain", "Test-From: 192.0.2.1")).isEqualTo("429 default");
    }

    @Test
    void with_a_combined_key_two_requests_count_together_only_if_they_have_all_of_it_in_common() throws Exception {
        start("default 1/PT1H key=ip+header:X-Tenant+principal; reports 9/PT1H");
        String ann = "Test-User: ann";
        assertThat(sent("/plain", "X-Tenant: t", "Test-From: 192.0.2.1", ann)).isEqualTo("200 plain");
        assertThat(sent("/plain", "X-Tenant: t", "Test-From: 192.0.2.1", ann)).isEqualTo("429 default");
        assertThat(sent("/plain", "X-Tenant: u", "Test-From: 192.0.2.1", ann)).isEqualTo("200 plain");
        assertThat(sent("/plain", "X-Tenant: t", "Test-From: 192.0.2.2", ann)).isEqualTo("200 plain");
        assertThat(sent("/plain", "X-Tenant: t", "Test-From: 192.0.2.1", "Test-User: bob"))
                .isEqualTo("200 plain");
    }

    private RateLimitFilter start(String rules) throws Exception {
        RateLimitFilter filter =
                RateLimitFilter.builder().rules(RateLimitRules.parse(rules)).build();
        server.filter(new Pretended())
                .filter(filter)
                .initializer((types, context) -> {
                    add(context.addServlet("login", Login.class), "/login");
                    add(context.addServlet("reports", new Reports()), "/reports/*");
                    add(context.addServlet("plain", Plain.class), "/plain");
                })
                .start();
        return filter;
    }

    private static void add(ServletRegistration.Dynamic servlet, String path) {
        servlet.addMapping(path);
        servlet.setAsyncSupported(true);
    }

    /** Makes a request come from the user and the address that headers of the test's own name. */
    private static final class Pretended implements Filter {
        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            chain.doFilter(
                    new HttpServletRequestWrapper((HttpServletRequest) request) {
                        @Override
                        public String getRemoteAddr() {
                            String from = getHeader("Test-From");
                            return from == null ? super.getRemoteAddr() : from;
                        }

                        @Override
                        public Principal getUserPrincipal() {
                            String user = getHeader("Test-User");
                            return user == null ? null : () -> user;
                        }
                    },
                    response);
        }
    }

    private String send(String method, String target) throws IOException {
        return summary(server.send(method, target));
    }

    private String sent(String target, String... headers) throws IOException {
        return summary(server.get(target, headers));
    }

    /** The status, and which servlet answered or which rule refused. */
    private static String summary(ServletServer.Answer answer) {
        if (answer.status() != 429) {
            return answer.status() + " " + answer.body();
        }
        List<String> policies = new ArrayList<>(answer.headers("RateLimit"));
        return "429 " + policies.get(0).replaceAll("\"(.*)\".*", "$1");
    }
}
