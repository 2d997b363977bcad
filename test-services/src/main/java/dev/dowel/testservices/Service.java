package dev.dowel.testservices;

/** A service of the tests' own that can be killed and started again with its data. */
interface Service extends AutoCloseable {
    /** Returns the port on the loopback address. */
    int port();

    /** Ends it as a crash would; returns when it is gone. */
    void kill();

    /** Starts it again on the same port and data; returns when it answers. */
    void restart();

    /** Ends it and removes its data. */
    @Override
    void close();
}
