package dev.dowel.remotemodel;

/** What a caller asked a {@link Repository} for. */
public enum Operation {

    /** {@link Repository#find} and {@link Repository#get}, and reading back what was written. */
    GET,

    /** {@link Repository#getAll}. */
    GET_ALL,

    /** {@link Repository#filter} and the pages after the first. */
    FILTER,

    /** {@link Repository#create}. */
    CREATE,

    /** {@link Repository#update}. */
    UPDATE,

    /** {@link Repository#patch}. */
    PATCH,

    /** {@link Repository#delete}. */
    DELETE
}
