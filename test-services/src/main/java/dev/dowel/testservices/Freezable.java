package dev.dowel.testservices;

/** A service that can be made to hang: its connections stay, and nothing answers on them. */
interface Freezable extends Service {
    void freeze();

    /** It goes on where it was. */
    void thaw();
}
