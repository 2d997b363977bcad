package com.example.orders;

import dev.dowel.authtoken.BearerTokenFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Makes {@code @RequireScope} count on controllers and their methods. */
@Configuration(proxyBeanMethods = false)
class ScopeConfiguration implements WebMvcConfigurer {
    private final BearerTokenFilter bearerToken;

    ScopeConfiguration(BearerTokenFilter bearerToken) {
        this.bearerToken = bearerToken;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new ScopeInterceptor(bearerToken));
    }

    private record ScopeInterceptor(BearerTokenFilter filter) implements HandlerInterceptor {
        @Override
        public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
                throws IOException {
            return !(handler instanceof HandlerMethod method)
                    || filter.permits(request, response, method.getBeanType(), method.getMethod());
        }
    }
}
