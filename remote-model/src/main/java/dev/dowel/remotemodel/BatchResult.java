package dev.dowel.remotemodel;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What became of each id that was asked for: it is in one of the three. In the order of asking, unmodifiable.
 *
 * @param <T> the entity
 * @param <ID> its identifier
 * @param found the entities that exist
 * @param missing the ids that no entity has
 * @param failed the ids of which nothing is known, and why; ids that were asked for together share one exception
 */
public record BatchResult<T, ID>(Map<ID, T> found, Set<ID> missing, Map<ID, RemoteModelException> failed) {

    /**
     * Makes a result of copies.
     *
     * @param found the entities that exist
     * @param missing the ids that no entity has
     * @param failed the ids of which nothing is known, and why
     */
    public BatchResult {
        found = Collections.unmodifiableMap(new LinkedHashMap<>(found));
        missing = Collections.unmodifiableSet(new LinkedHashSet<>(missing));
        failed = Collections.unmodifiableMap(new LinkedHashMap<>(failed));
    }

    /** Returns how many ids are in each, without entities and ids. */
    @Override
    public String toString() {
        return "BatchResult[" + found.size() + " found, " + missing.size() + " missing, " + failed.size() + " failed]";
    }
}
