package dev.dowel.ratelimit;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Which rules a request is counted by: all that are for it, else the default rule; never none. A request passes only if all
 * of its rules allow it, and costs nothing otherwise. Immutable.
 */
public final class RateLimitRules {
    private static final int MOST_RULES = 1_000;

    private final RateLimitRule defaultRule;
    private final List<Entry> entries;
    private final RateLimitRule[] onlyDefault;

    private record Entry(RateLimitRule rule, List<Match> where) {
        boolean isFor(HttpServletRequest request, RequestPath path) {
            for (Match.Kind kind : Match.Kind.values()) {
                boolean asked = false;
                boolean fits = kind == Match.Kind.PATH && path.doubtful();
                for (Match match : where) {
                    if (match.kind() == kind) {
                        asked = true;
                        fits = fits || match.fits(request, path);
                    }
                }
                if (asked && !fits) {
                    return false;
                }
            }
            return !where.isEmpty();
        }
    }

    private RateLimitRules(RateLimitRule defaultRule, List<Entry> entries) {
        this.defaultRule = defaultRule;
        this.entries = entries;
        this.onlyDefault = new RateLimitRule[] {defaultRule};
    }

    /**
     * Makes rules that are one rule.
     *
     * @param defaultRule what counts the requests that no other rule is for
     * @return the rules
     */
    public static RateLimitRules of(RateLimitRule defaultRule) {
        return new RateLimitRules(Objects.requireNonNull(defaultRule, "defaultRule"), List.of());
    }

    /**
     * Adds a rule for certain requests: those that fit one match of each kind that is given. A rule without a match is for
     * the servlets whose {@link RateLimited} names it.
     *
     * @param rule the rule
     * @param where which requests it is for, such as {@code Match.path("/login"), Match.method("POST")}
     * @return these rules and that one
     * @throws IllegalArgumentException if another rule has the name, or there are more than 1,000
     */
    public RateLimitRules with(RateLimitRule rule, Match... where) {
        Objects.requireNonNull(rule, "rule");
        boolean taken = named(rule.name())
                .map(other -> other != rule && other.version() != rule.version())
                .orElse(false);
        if (taken) {
            throw new IllegalArgumentException("Two rules are named " + rule.name());
        }
        if (entries.size() == MOST_RULES) {
            throw new IllegalArgumentException("There are at most " + MOST_RULES + " rules");
        }
        List<Entry> more = new ArrayList<>(entries);
        more.add(new Entry(rule, List.of(where)));
        return new RateLimitRules(defaultRule, List.copyOf(more));
    }

    /**
     * Reads rules from a text: one in each line, or divided by semicolons. A rule is its name, its quotas, and what else
     * there is to say, divided by white space:
     *
     * <pre>{@code
     * default  100/PT1M
     * login    5/PT1M 50/PT1H  path=/login method=POST
     * search   60/PT1M  path=/search/* cost=5 burst=30
     * reports  10/PT1H strict  servlet=Reports key=principal
     * }</pre>
     *
     * <p>{@code burst} and {@code strict} are for the quota before them; {@code key} is {@code ip}, {@code principal}, {@code
     * header:NAME} or several of them joined by {@code +}; {@code path}, {@code servlet} and {@code method} may come more
     * than once. What follows a {@code #} is a comment. Exactly one rule is named {@code default}; it has no matches.
     *
     * @param text the rules
     * @return the rules
     * @throws IllegalArgumentException if the text has another form; says which rule, and what is wrong with it
     */
    public static RateLimitRules parse(String text) {
        return RulesText.parse(text, Optional.empty());
    }

    Optional<RateLimitRule> named(String name) {
        if (defaultRule.name().equals(name)) {
            return Optional.of(defaultRule);
        }
        return entries.stream()
                .map(Entry::rule)
                .filter(rule -> rule.name().equals(name))
                .findFirst();
    }

    RateLimitRule[] rulesFor(HttpServletRequest request) {
        if (entries.isEmpty()) {
            return onlyDefault;
        }
        RequestPath path = RequestPath.of(request);
        List<RateLimitRule> rules = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.isFor(request, path) && !rules.contains(entry.rule())) {
                rules.add(entry.rule());
            }
        }
        if (rules.isEmpty()) {
            return onlyDefault;
        }
        if (path.doubtful() && !rules.contains(defaultRule)) {
            rules.add(defaultRule);
        }
        return rules.toArray(RateLimitRule[]::new);
    }

    boolean needAuthentication() {
        return defaultRule.key().needsAuthentication()
                || entries.stream().anyMatch(entry -> entry.rule().key().needsAuthentication());
    }

    @Override
    public String toString() {
        return defaultRule + " " + entries;
    }
}
