package dev.dowel.remotemodel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells where two answers differ, never how. */
record Comparison(JsonCodec json, Set<String> ignored, double tolerance, boolean ordered) {

    static final String PRESENCE = "(presence)";
    static final String COUNT = "(count)";
    private static final int MAX_PATHS = 20;

    /** The keys of a map in an entity may be content, and JSON does not tell them from fields: only what looks like one is shown. */
    private static final Pattern FIELD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");

    /** An answer as it was at one moment: its entities as JSON, empty where there is none. */
    record Seen(List<Optional<byte[]>> entities, OptionalLong count) {}

    Seen one(@Nullable Object entity) {
        return new Seen(List.of(encode(entity)), OptionalLong.empty());
    }

    Seen many(Collection<? extends @Nullable Object> entities) {
        return new Seen(entities.stream().map(this::encode).toList(), OptionalLong.empty());
    }

    Seen page(Page<?> page) {
        return new Seen(page.items().stream().map(this::encode).toList(), page.count());
    }

    private Optional<byte[]> encode(@Nullable Object entity) {
        try {
            return entity == null ? Optional.empty() : Optional.of(json.encode(entity));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private @Nullable Object tree(Optional<byte[]> entity) {
        try {
            return entity.isEmpty() ? null : json.decode(entity.get(), Object.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> differences(Seen one, Seen other) {
        Set<String> paths = new TreeSet<>();
        boolean sameCount = one.count().equals(other.count());
        if (!sameCount && one.count().isPresent() && other.count().isPresent()) {
            paths.add(COUNT);
        }
        int shorter = Math.min(one.entities().size(), other.entities().size());
        boolean sameLength = one.entities().size() == other.entities().size();
        // With equal counts only the pages have different sizes: what both have is compared.
        if (!sameLength && !(sameCount && one.count().isPresent())) {
            paths.add(PRESENCE);
        } else {
            List<@Nullable Object> ones =
                    sorted("", one.entities().stream().limit(shorter).map(this::tree));
            List<@Nullable Object> others =
                    sorted("", other.entities().stream().limit(shorter).map(this::tree));
            for (int i = 0; i < shorter; i++) {
                if (ones.get(i) == null ^ others.get(i) == null) {
                    paths.add(PRESENCE);
                } else {
                    compare("", ones.get(i), others.get(i), paths);
                }
            }
        }
        return paths.stream().limit(MAX_PATHS).toList();
    }

    private void compare(String path, @Nullable Object one, @Nullable Object other, Set<String> paths) {
        if (ignored.contains(path)) {
            return;
        }
        if (one instanceof Map<?, ?> a && other instanceof Map<?, ?> b) {
            Set<Object> keys = new java.util.HashSet<>(a.keySet());
            keys.addAll(b.keySet());
            keys.forEach(key -> compare(below(path, key), a.get(key), b.get(key), paths));
        } else if (one instanceof List<?> a && other instanceof List<?> b) {
            if (a.size() != b.size()) {
                paths.add(path);
                return;
            }
            List<@Nullable Object> as = sorted(path + "[]", a.stream());
            List<@Nullable Object> bs = sorted(path + "[]", b.stream());
            for (int i = 0; i < as.size(); i++) {
                compare(path + "[]", as.get(i), bs.get(i), paths);
            }
        } else if (!same(one, other)) {
            paths.add(path);
        }
    }

    private static String below(String path, Object key) {
        String name = key.toString();
        String step = FIELD.matcher(name).matches() ? name : "*";
        return path.isEmpty() ? step : path + "." + step;
    }

    private boolean same(@Nullable Object one, @Nullable Object other) {
        if (!(one instanceof Number a && other instanceof Number b)) {
            return Objects.equals(one, other);
        }
        double x = a.doubleValue();
        double y = b.doubleValue();
        if (!Double.isFinite(x) || !Double.isFinite(y)) {
            return a.toString().equals(b.toString());
        }
        return new BigDecimal(a.toString()).compareTo(new BigDecimal(b.toString())) == 0
                || (tolerance > 0 && Math.abs(x - y) <= tolerance);
    }

    /** As it is, or by its text where the order does not matter. */
    private List<@Nullable Object> sorted(String path, java.util.stream.Stream<? extends @Nullable Object> elements) {
        List<@Nullable Object> list = new ArrayList<>();
        elements.forEach(list::add);
        if (!ordered) {
            list.sort(Comparator.comparing(element -> String.valueOf(canonical(path, element))));
        }
        return Collections.unmodifiableList(list);
    }

    /** The same text for the same content: fields by name, without what is ignored. */
    private @Nullable Object canonical(String path, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> byName = new TreeMap<>();
            map.forEach((key, each) -> {
                if (!ignored.contains(below(path, key)) && each != null) {
                    byName.put(key.toString(), canonical(below(path, key), each));
                }
            });
            return new LinkedHashMap<>(byName);
        }
        if (value instanceof List<?> list) {
            return list.stream()
                    .map(each -> String.valueOf(canonical(path + "[]", each)))
                    .sorted()
                    .toList();
        }
        return value;
    }
}
