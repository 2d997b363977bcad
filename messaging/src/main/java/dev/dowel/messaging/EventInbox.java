package dev.dowel.messaging;

/** Another inbox, by the event's id. */
record EventInbox(Inbox inbox) implements Inbox {
    @Override
    public boolean once(String consumer, String id, Work work) throws Exception {
        return inbox.once(consumer, id, work);
    }

    @Override
    public Id id() {
        return Id.EVENT;
    }
}
