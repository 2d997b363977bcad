package dev.dowel.benchmarks.authtoken;

import dev.dowel.authtoken.BearerTokenFilter;
import jakarta.servlet.Filter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.catalina.authenticator.BasicAuthenticator.BasicCredentials;
import org.apache.tomcat.util.buf.ByteChunk;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;

/** The contenders by name. */
public enum Guard {
    /** The filter with a verifier of hashed secrets. */
    DOWEL("auth-token") {
        @Override
        public Gate open(Call call) {
            return new FilterGate(BearerTokenFilter.builder(Clients.verifier()).build(), "Bearer " + call.token());
        }
    },
    /** Spring Security's filter with a manager that compares texts and hashes nothing. */
    SPRING("Spring Security, stub manager") {
        @Override
        public Gate open(Call call) {
            var filter = new BearerTokenAuthenticationFilter(Guard::authenticated);
            Filter cleared = (request, response, chain) -> {
                try {
                    filter.doFilter(request, response, chain);
                } finally {
                    // Else the next call on this thread would find somebody; another filter of Spring's does it.
                    SecurityContextHolder.clearContext();
                }
            };
            return new FilterGate(cleared, "Bearer " + call.token());
        }
    },
    /** What Tomcat's own authenticator does with the header: no request, no realm, no hash, no answer. */
    TOMCAT("Tomcat, parsing Basic only") {
        @Override
        public Gate open(Call call) {
            byte[] header = ("Basic " + call.token()).getBytes(StandardCharsets.ISO_8859_1);
            ByteChunk chunk = new ByteChunk();
            return () -> {
                chunk.setBytes(header, 0, header.length);
                try {
                    BasicCredentials credentials = new BasicCredentials(chunk, StandardCharsets.UTF_8);
                    return Clients.GOOD.clientId().equals(credentials.getUsername())
                            && Clients.GOOD.secret().equals(credentials.getPassword());
                } catch (IllegalArgumentException e) {
                    return false;
                }
            };
        }
    };

    private final String label;

    Guard(String label) {
        this.label = label;
    }

    /** Returns the name for people. */
    public String label() {
        return label;
    }

    /** Makes a gate that is given this call. */
    public abstract Gate open(Call call);

    private static final Authentication BILLING =
            UsernamePasswordAuthenticationToken.authenticated("billing", null, List.of());

    private static Authentication authenticated(Authentication sent) {
        if (((BearerTokenAuthenticationToken) sent).getToken().equals(Call.ACCEPTED.token())) {
            return BILLING;
        }
        throw new InvalidBearerTokenException("Invalid token");
    }
}
