package dev.dowel.ratelimit;

import dev.dowel.ratelimit.ClientAddressResolver.Header;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Options from environment variables. A wrong one is named, with the problem. */
final class Environment {
    private static final String LIMIT = "RATE_LIMIT";
    private static final String RULES = "RATE_LIMIT_RULES";
    private static final String RULES_FILE = "RATE_LIMIT_RULES_FILE";
    private static final String EXEMPT = "RATE_LIMIT_EXEMPT";
    private static final String HEADERS = "RATE_LIMIT_HEADERS";
    private static final String DRY_RUN = "RATE_LIMIT_DRY_RUN";
    private static final String PROXIES = "TRUSTED_PROXIES";
    private static final String PROXY_HEADER = "TRUSTED_PROXY_HEADER";
    private static final String PROXY_HOPS = "TRUSTED_PROXY_HOPS";

    private final Map<String, String> variables;

    private Environment(Map<String, String> variables) {
        this.variables = variables;
    }

    static RateLimitFilter.Builder builder(Map<String, String> variables) {
        return new Environment(variables).builder();
    }

    private RateLimitFilter.Builder builder() {
        RateLimitFilter.Builder builder = new RateLimitFilter.Builder();
        rules(builder);
        proxies(builder);
        read(EXEMPT, CidrSet::parse).ifPresent(builder::exempt);
        read(HEADERS, text -> HeaderMode.valueOf(text.toUpperCase(Locale.ROOT))).ifPresent(builder::headers);
        read(DRY_RUN, Environment::yes).ifPresent(builder::dryRun);
        return builder;
    }

    private void rules(RateLimitFilter.Builder builder) {
        Optional<RateLimitRule> limit = read(
                LIMIT,
                text -> RateLimitRule.builder("default", Quota.parse(text)).build());
        Optional<RateLimitRules> rules = read(RULES, text -> RulesText.parse(text, limit));
        Optional<RateLimitFilter.Builder> file =
                read(RULES_FILE, text -> builder.rulesFile(new RulesFile(Path.of(text), limit)));
        if (rules.isPresent() && file.isPresent()) {
            throw new IllegalArgumentException("Both " + RULES + " and " + RULES_FILE + " are set: keep one of them");
        }
        rules.ifPresent(builder::rules);
        if (rules.isEmpty() && file.isEmpty()) {
            builder.defaultRule(limit.orElseThrow(
                    () -> new IllegalArgumentException(LIMIT + " is not set: give calls/period, such as 100/PT1M")));
        }
    }

    private void proxies(RateLimitFilter.Builder builder) {
        Header header = read(PROXY_HEADER, Environment::header).orElse(Header.X_FORWARDED_FOR);
        Optional<Integer> hops = read(PROXY_HOPS, Integer::valueOf);
        Optional<ClientAddressResolver> resolver = read(
                PROXIES,
                text -> hops.isPresent()
                        ? ClientAddressResolver.trustedHops(header, hops.get(), CidrSet.parse(text))
                        : ClientAddressResolver.forwarded(header, CidrSet.parse(text)));
        resolver.ifPresent(builder::clientAddress);
        if (resolver.isEmpty() && (hops.isPresent() || variables.containsKey(PROXY_HEADER))) {
            throw new IllegalArgumentException(
                    PROXIES + " is not set: without it no header is trusted, such as 10.0.0.0/8");
        }
    }

    private static Header header(String text) {
        for (Header header : Header.values()) {
            if (header.field().equalsIgnoreCase(text)) {
                return header;
            }
        }
        throw new IllegalArgumentException("it is X-Forwarded-For or Forwarded");
    }

    private static boolean yes(String text) {
        if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
            return Boolean.parseBoolean(text);
        }
        throw new IllegalArgumentException("it is true or false");
    }

    private <T> Optional<T> read(String variable, Function<String, T> reader) {
        @Nullable String text = variables.get(variable);
        if (text == null || text.isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(reader.apply(text.strip()));
        } catch (IllegalArgumentException | UncheckedIOException e) {
            throw new IllegalArgumentException(variable + " is wrong: " + e.getMessage(), e);
        }
    }
}
