package dev.dowel.ratelimit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The text form of rules. */
final class RulesText {
    private static final int LONGEST = 1 << 20;

    private RulesText() {}

    /** Reads rules; the default one may come from elsewhere, unless the text has it. */
    static RateLimitRules parse(String text, Optional<RateLimitRule> defaultRule) {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("Rules have at most " + LONGEST + " characters");
        }
        List<OneRule> read = new ArrayList<>();
        Set<String> names = new HashSet<>();
        String plain = text.replaceAll("#[^\\n]*", "");
        for (String part : plain.split("[;\\n]", -1)) {
            if (!part.isBlank()) {
                OneRule one = new OneRule(part.strip().split("\\s+", -1));
                if (!names.add(one.name)) {
                    throw new IllegalArgumentException("Two rules are named " + one.name);
                }
                read.add(one);
            }
        }
        RateLimitRule unmatched = read.stream()
                .filter(OneRule::isDefault)
                .findFirst()
                .map(OneRule::rule)
                .or(() -> defaultRule)
                .orElseThrow(() -> new IllegalArgumentException("No rule is named default"));
        RateLimitRules rules = RateLimitRules.of(unmatched);
        for (OneRule one : read) {
            if (!one.isDefault()) {
                rules = rules.with(one.rule(), one.where.toArray(Match[]::new));
            }
        }
        return rules;
    }

    private static final class OneRule {
        final String name;
        final List<Match> where = new ArrayList<>();
        private final List<Quota> quotas = new ArrayList<>();
        private KeyResolver key = KeyResolver.address();
        private long cost = 1;

        OneRule(String[] words) {
            this.name = words[0];
            if (!RateLimitRule.isName(name)) {
                throw new IllegalArgumentException("A rule begins with its name, of A-Z a-z 0-9 . _ -, not with "
                        + (name.length() > 64 ? name.substring(0, 64) + "..." : name));
            }
            try {
                for (int i = 1; i < words.length; i++) {
                    word(words[i]);
                }
                if (quotas.isEmpty()) {
                    throw new IllegalArgumentException("it has no quota, such as 100/PT1M");
                }
                if (isDefault() && !where.isEmpty()) {
                    throw new IllegalArgumentException(
                            "the default rule is for all other requests, and has no matches");
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("Rule " + name + ": " + e.getMessage(), e);
            }
        }

        boolean isDefault() {
            return name.equals("default");
        }

        RateLimitRule rule() {
            RateLimitRule.Builder rule =
                    RateLimitRule.builder(name, quotas.get(0)).key(key).cost(cost);
            quotas.subList(1, quotas.size()).forEach(rule::quota);
            return rule.build();
        }

        private void word(String word) {
            int equals = word.indexOf('=');
            if (word.equals("strict")) {
                last(quotas.isEmpty() ? null : quotas.get(quotas.size() - 1).asStrict());
            } else if (equals < 0) {
                quotas.add(Quota.parse(word));
            } else {
                option(word.substring(0, equals), word.substring(equals + 1));
            }
        }

        private void option(String option, String value) {
            switch (option) {
                case "burst" ->
                    last(quotas.isEmpty() ? null : quotas.get(quotas.size() - 1).withBurst(number(value)));
                case "cost" -> cost = number(value);
                case "key" -> key = key(value);
                case "path" -> where.add(Match.path(value));
                case "servlet" -> where.add(Match.servlet(value));
                case "method" -> where.add(Match.method(value));
                default ->
                    throw new IllegalArgumentException(
                            "there is burst, cost, key, method, path, servlet and strict, but no " + option);
            }
        }

        private void last(@Nullable Quota changed) {
            if (changed == null) {
                throw new IllegalArgumentException("burst and strict come behind a quota");
            }
            quotas.set(quotas.size() - 1, changed);
        }

        private static long number(String value) {
            if (!value.matches("[1-9][0-9]{0,9}")) {
                throw new IllegalArgumentException("a number is 1 or more, not " + value);
            }
            return Long.parseLong(value);
        }

        private static KeyResolver key(String value) {
            @Nullable KeyResolver all = null;
            for (String part : value.split("\\+", -1)) {
                KeyResolver next = oneKey(part);
                all = all == null ? next : all.and(next);
            }
            return all == null ? KeyResolver.address() : all;
        }

        private static KeyResolver oneKey(String part) {
            if (part.startsWith("header:") && part.length() > "header:".length()) {
                return KeyResolver.header(part.substring("header:".length()));
            }
            return switch (part) {
                case "ip" -> KeyResolver.address();
                case "principal" -> KeyResolver.principal();
                default ->
                    throw new IllegalArgumentException(
                            "a key is ip, principal, header:NAME, or several joined by +, not " + part);
            };
        }
    }
}
