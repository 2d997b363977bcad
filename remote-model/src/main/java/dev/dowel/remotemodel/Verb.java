package dev.dowel.remotemodel;

/** What is done to a resource, and whether doing it twice is the same as doing it once (RFC 9110, 9.2.2). */
enum Verb {
    GET(true),
    PUT(true),
    DELETE(true),
    POST(false),
    PATCH(false);

    private final boolean repeatable;

    Verb(boolean repeatable) {
        this.repeatable = repeatable;
    }

    boolean isRepeatable() {
        return repeatable;
    }
}
