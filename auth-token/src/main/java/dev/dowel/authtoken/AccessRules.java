package dev.dowel.authtoken;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a path needs. Rules can only loosen what is sure: a path that is not canonical needs a token and every scope there
 * is, and what tightens also holds for the path in other case or with another last slash. The most specific mode decides;
 * scopes add up, but a rule for fewer paths lifts those for more.
 */
final class AccessRules {

    private static final Access REQUIRED = new Access(Authentication.REQUIRED, Set.of());

    private final List<ModeRule> modes;
    private final List<ScopeRule> scopes;

    record Access(Authentication mode, Set<String> scopes) {

        /** Adds the scopes of an annotation, which always needs a token; null stands for no annotation. */
        Access and(@Nullable Set<String> annotated) {
            return annotated == null ? this : new Access(Authentication.REQUIRED, both(scopes, annotated));
        }
    }

    record ModeRule(PathMapping mapping, Authentication mode) {
        boolean matches(String path) {
            return mode == Authentication.REQUIRED ? mapping.matchesWidely(path) : mapping.matchesExactly(path);
        }
    }

    /** The set has one scope, so that it need not be made for each call. */
    record ScopeRule(PathMapping mapping, Set<String> scope) {}

    AccessRules(List<ModeRule> modes, List<ScopeRule> scopes) {
        this.modes = List.copyOf(modes);
        this.scopes = List.copyOf(scopes);
    }

    Access access(HttpServletRequest request) {
        if (modes.isEmpty() && scopes.isEmpty()) {
            return REQUIRED;
        }
        String path = RequestPath.canonical(request);
        return path == null ? strictest() : access(path);
    }

    private Access strictest() {
        Set<String> all = new TreeSet<>();
        scopes.forEach(rule -> all.addAll(rule.scope()));
        return new Access(Authentication.REQUIRED, all);
    }

    private Access access(String path) {
        Authentication mode = Authentication.REQUIRED;
        int specificity = -1;
        for (ModeRule rule : modes) {
            int rank = rule.mapping().specificity();
            // Where two modes have the same mapping, the stricter one stands first in the enum and wins.
            boolean wins =
                    rank > specificity || (rank == specificity && rule.mode().compareTo(mode) < 0);
            if (wins && rule.matches(path)) {
                mode = rule.mode();
                specificity = rank;
            }
        }
        int lifted = mode == Authentication.REQUIRED ? -1 : specificity;
        Set<String> needed = null;
        for (ScopeRule rule : scopes) {
            if (rule.mapping().specificity() >= lifted && rule.mapping().matchesWidely(path)) {
                needed = needed == null ? rule.scope() : both(needed, rule.scope());
            }
        }
        return needed == null ? new Access(mode, Set.of()) : new Access(Authentication.REQUIRED, needed);
    }

    private static Set<String> both(Set<String> some, Set<String> others) {
        Set<String> all = new TreeSet<>(some);
        all.addAll(others);
        return all;
    }
}
