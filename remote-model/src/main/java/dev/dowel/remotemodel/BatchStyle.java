package dev.dowel.remotemodel;

/** How {@link Repository#getAll} asks a provider for many ids. */
public enum BatchStyle {

    /** One list call with {@code id__in=1,2}, as django-filter's CSV filters take it. */
    COMMA,

    /** One list call with {@code id=1&id=2}. */
    REPEATED,

    /** One call per id, for providers that cannot filter by id. */
    NONE
}
