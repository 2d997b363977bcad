package dev.dowel.authtoken;

import java.util.Set;
import org.junit.jupiter.api.Tag;

@Tag("undertow")
class UndertowExemptPathTest extends ExemptPathContract {

    @Override
    ServletServer newServer() {
        return new UndertowServer();
    }

    @Override
    boolean arrivesAsPublic(String path) {
        return path.equals("/%70ublic");
    }

    /** Undertow itself answers 500 to a path without a slash at its beginning. */
    @Override
    Set<Integer> refusals() {
        return Set.of(400, 401, 404, 500);
    }
}
