package dev.dowel.remotemodel;

/**
 * What was asked, and as whom.
 *
 * @param scope service and entity
 * @param url the collection, with base URL, prefix and version
 * @param item whether {@code what} is an id, not a query
 * @param what the id as sent, or the query in canonical order
 * @param identity digest of the credential sent and of the headers that may change the answer
 */
record CacheKey(EntityScope scope, String url, boolean item, String what, String identity) {

    long weight() {
        return 256L + 2L * what.length();
    }
}
