package dev.dowel.remotemodel;

/** Which HTTP methods create and update. */
public enum Verbs {

    /** POST to the collection creates, PUT to the item updates. */
    STANDARD(Verb.POST, Verb.PUT),

    /** PUT to the collection creates, POST to the item updates, as some older services have it. Neither is sent twice. */
    SWAPPED(Verb.PUT, Verb.POST);

    final Verb create;
    final Verb update;

    Verbs(Verb create, Verb update) {
        this.create = create;
        this.update = update;
    }
}
