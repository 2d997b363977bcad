package dev.dowel.authtoken;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.security.Principal;

/** The request as the service sees it: who calls comes from the verified token and from nowhere else. */
final class AuthenticatedRequest extends HttpServletRequestWrapper {

    private final ServicePrincipal principal;

    AuthenticatedRequest(HttpServletRequest request, ServicePrincipal principal) {
        super(request);
        this.principal = principal;
    }

    @Override
    public Principal getUserPrincipal() {
        return principal;
    }

    @Override
    public String getRemoteUser() {
        return principal.name();
    }

    @Override
    public boolean isUserInRole(String role) {
        return role != null && principal.scopes().contains(role);
    }

    @Override
    public String getAuthType() {
        return "Bearer";
    }

    @Override
    public boolean authenticate(HttpServletResponse response) {
        return true;
    }

    @Override
    public void login(String username, String password) throws ServletException {
        throw new ServletException("the call is authenticated by its bearer token; another login is not possible");
    }
}
