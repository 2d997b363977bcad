package com.example.orders;

import dev.dowel.authtoken.Authentication;
import dev.dowel.authtoken.BearerTokenFilter;
import dev.dowel.authtoken.ClientRegistry;
import dev.dowel.authtoken.ClientTokenVerifier;
import dev.dowel.authtoken.micrometer.MicrometerAuthenticationListener;
import dev.dowel.ratelimit.CidrSet;
import dev.dowel.ratelimit.ClientAddressResolver;
import dev.dowel.ratelimit.Match;
import dev.dowel.ratelimit.RateLimitFilter;
import dev.dowel.ratelimit.RateLimitRule;
import dev.dowel.ratelimit.micrometer.MicrometerRateLimitListener;
import dev.dowel.remotemodel.RequestContextFilter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.time.Duration;
import java.util.EnumSet;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** The filters, in the order in which a request meets them: count it, know the caller, remember what it reads. */
@Configuration(proxyBeanMethods = false)
class FilterConfiguration {
    private static final int FIRST = Ordered.HIGHEST_PRECEDENCE + 100;
    /** What Kubernetes asks, without a token and often. */
    private static final String LIVENESS = "/actuator/health/liveness";

    private static final String READINESS = "/actuator/health/readiness";

    @Bean
    FilterRegistrationBean<Filter> rateLimit(
            @Value("${orders.calls}") long calls,
            @Value("${orders.period}") Duration period,
            @Value("${orders.proxies}") String proxies,
            MeterRegistry meters) {
        Filter filter = RateLimitFilter.builder()
                .defaultRule(RateLimitRule.perIp(calls, period))
                .clientAddress(
                        proxies.isBlank()
                                ? ClientAddressResolver.peer()
                                : ClientAddressResolver.forwarded(
                                        ClientAddressResolver.Header.X_FORWARDED_FOR, CidrSet.parse(proxies)))
                .exempt(Match.path(LIVENESS), Match.path(READINESS))
                .listener(new MicrometerRateLimitListener(meters))
                .build();
        return registration(filter, "rate-limit", FIRST, EnumSet.of(DispatcherType.REQUEST));
    }

    @Bean
    ClientTokenVerifier clients(@Value("${orders.clients}") String clients) {
        return ClientTokenVerifier.of(ClientRegistry.parse(clients));
    }

    /** A bean of its own, because handlers ask it too; the registration below is the only one that it gets. */
    @Bean
    BearerTokenFilter bearerTokenFilter(ClientTokenVerifier clients, MeterRegistry meters) {
        return BearerTokenFilter.builder(clients)
                .realm("orders")
                .authentication(Authentication.NONE, LIVENESS, READINESS)
                .authentication(Authentication.OPTIONAL_STRICT, "/actuator/health")
                .listener(new MicrometerAuthenticationListener(meters))
                .build();
    }

    @Bean
    FilterRegistrationBean<Filter> bearerToken(BearerTokenFilter bearerTokenFilter) {
        return registration(
                bearerTokenFilter,
                "bearer-token",
                FIRST + 1,
                EnumSet.of(
                        DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.FORWARD, DispatcherType.ERROR));
    }

    /** Not named requestContextFilter: Spring has a bean of that name. */
    @Bean
    FilterRegistrationBean<Filter> remoteModelContext() {
        return registration(
                new RequestContextFilter(),
                "remote-model-context",
                FIRST + 2,
                EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
    }

    private static FilterRegistrationBean<Filter> registration(
            Filter filter, String name, int order, EnumSet<DispatcherType> dispatches) {
        FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(filter);
        registration.setName(name);
        registration.setOrder(order);
        registration.setDispatcherTypes(dispatches);
        registration.addUrlPatterns("/*");
        registration.setAsyncSupported(true);
        return registration;
    }
}
