package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.DispatcherType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("undertow")
class UndertowRequireScopeTest extends RequireScopeContract {

    @Override
    ServletServer newServer() {
        return new UndertowServer();
    }

    @Test
    void a_servlet_that_only_the_container_can_load_is_its_own_and_passes() throws Exception {
        BearerTokenFilter open = BearerTokenFilter.builder(token -> new Verification.Rejected(RefusalReason.OTHER))
                .authentication(Authentication.NONE, "/*")
                .build();
        try (ServletServer server = new UndertowServer(ClassLoader.getPlatformClassLoader())
                .filter(open, DispatcherType.REQUEST)
                .servlet("/own", (request, response) -> response.getWriter().print("OWN"))
                .start()) {
            assertThat(server.get("/own").body()).isEqualTo("OWN");
        }
    }
}
