package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.annotation.security.RolesAllowed;
import jakarta.servlet.DispatcherType;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.filter.RolesAllowedDynamicFeature;
import org.glassfish.jersey.servlet.ServletContainer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the README says of JAX-RS, with Jersey. */
@Tag("container")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JaxRsScopeTest {

    private static final String READER = "Authorization: Bearer reader";
    private static final String ADMIN = "Authorization: Bearer admin";

    private ServletServer server;

    /** The filter of the README. */
    public static final class ScopeFilter implements ContainerRequestFilter {
        @Context
        ResourceInfo handler;

        @Override
        public void filter(ContainerRequestContext request) {
            RequireScope needed = handler.getResourceMethod().getAnnotation(RequireScope.class);
            if (needed != null
                    && !List.of(needed.value()).stream().allMatch(request.getSecurityContext()::isUserInRole)) {
                request.abortWith(Response.status(403)
                        .type("application/json")
                        .entity("{\"detail\": \"Insufficient scope\"}")
                        .build());
            }
        }
    }

    /** A resource. */
    @Path("/users")
    public static final class Users {
        @GET
        public String list(@Context SecurityContext caller) {
            return "for " + caller.getUserPrincipal().getName() + " by " + caller.getAuthenticationScheme();
        }

        @DELETE
        @RequireScope("users:delete")
        public String delete() {
            return "deleted";
        }

        @POST
        @RolesAllowed("users:create")
        public String create() {
            return "created";
        }
    }

    @BeforeAll
    void start() throws Exception {
        BearerTokenFilter filter = BearerTokenFilter.builder(token -> switch (token.value()) {
                    case "reader" -> accepted("reader", Set.of("users:read"));
                    case "admin" -> accepted("admin", Set.of("users:delete", "users:create"));
                    default -> new Verification.Rejected(RefusalReason.OTHER);
                })
                .build();
        ResourceConfig resources = new ResourceConfig(Users.class, ScopeFilter.class, RolesAllowedDynamicFeature.class);
        server = new TomcatServer()
                .filter(filter, DispatcherType.REQUEST)
                .servlet("/*", new ServletContainer(resources))
                .start();
    }

    private static Verification accepted(String client, Set<String> scopes) {
        return new Verification.Accepted(new ServicePrincipal(client, scopes, Map.of()));
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    @Test
    void a_resource_knows_the_caller() throws Exception {
        assertThat(server.get("/users", READER).body()).isEqualTo("for reader by Bearer");
        assertThat(server.get("/users").status()).isEqualTo(401);
    }

    @Test
    void the_filter_of_the_readme_makes_the_annotation_count() throws Exception {
        assertThat(server.send("DELETE", "/users", ADMIN).body()).isEqualTo("deleted");
        ServletServer.Answer refused = server.send("DELETE", "/users", READER);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body()).isEqualTo("{\"detail\": \"Insufficient scope\"}");
        assertThat(server.send("DELETE", "/users").status()).isEqualTo(401);
    }

    @Test
    void roles_are_scopes() throws Exception {
        assertThat(server.send("POST", "/users", ADMIN, "Content-Length: 0").body())
                .isEqualTo("created");
        assertThat(server.send("POST", "/users", READER, "Content-Length: 0").status())
                .isEqualTo(403);
    }
}
