package dev.dowel.benchmarks.outbox.contenders;

/** The contenders by name. */
public enum Contender {
    /** The outbox of this repository. */
    DOWEL("Dowel, 1 relay", setting -> new DowelOutbox(setting, 1)),
    /** Two instances of a service. */
    DOWEL_TWO("Dowel, 2 relays", setting -> new DowelOutbox(setting, 2)),
    /** The bare client, without rows. */
    RAW("raw amqp-client, window, no database", RawPublishing::new),
    /** What one writes without a library. */
    HAND("hand-written loop", HandWritten::new),
    /** gruelbox transaction-outbox. */
    GRUELBOX("gruelbox, 16 threads", Gruelbox::new),
    /** Spring Integration over Spring AMQP. */
    SPRING("Spring Integration's JDBC channel", SpringIntegration::new);

    @FunctionalInterface
    private interface Opening {
        Relaying in(Setting setting) throws Exception;
    }

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // All of them are methods without a state.
    private final Opening opening;

    Contender(String label, Opening opening) {
        this.label = label;
        this.opening = opening;
    }

    /** Returns the name for people. */
    public String label() {
        return label;
    }

    /** Connects and makes the tables; nothing is published until it is started. */
    public Relaying open(Setting setting) throws Exception {
        return opening.in(setting);
    }
}
