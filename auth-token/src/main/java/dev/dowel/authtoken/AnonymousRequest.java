package dev.dowel.authtoken;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/** The request of nobody, whatever the container or an earlier filter found out: only a bearer token tells who calls. */
final class AnonymousRequest extends HttpServletRequestWrapper {

    AnonymousRequest(HttpServletRequest request) {
        super(request);
    }

    @Override
    public @Nullable Principal getUserPrincipal() {
        return null;
    }

    @Override
    public @Nullable String getRemoteUser() {
        return null;
    }

    @Override
    public boolean isUserInRole(String role) {
        return false;
    }

    @Override
    public @Nullable String getAuthType() {
        return null;
    }

    @Override
    public boolean authenticate(HttpServletResponse response) throws ServletException {
        throw new ServletException("the call has no accepted bearer token; it cannot be authenticated otherwise");
    }

    @Override
    public void login(String username, String password) throws ServletException {
        throw new ServletException("a call is authenticated by its bearer token only; another login is not possible");
    }
}
