package dev.dowel.remotemodel;

/** Which characters an id may hold. What could lead to another path is refused by both. */
public enum IdPolicy {

    /** Refuses {@code /}, {@code %} and {@code ;}, which proxies and frameworks do not agree on even when encoded. */
    STRICT,

    /**
     * Admits {@code /}, {@code %} and {@code ;} and sends them percent-encoded. For services whose proxies and framework keep
     * an encoded slash in one segment; try it. An id that has a dot segment, a backslash, a control character or nothing but
     * slashes after being decoded any number of times stays refused.
     */
    ENCODED
}
