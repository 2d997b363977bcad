package dev.dowel.remotemodel;

/**
 * The answer to a read as it came, decoded anew for each reader so that no reader can change what another sees.
 *
 * @param absent whether there is no such entity
 * @param body the JSON text, empty when absent
 * @param storable whether the provider allows keeping it
 * @param etag the ETag it came with, empty when none
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Reply(boolean absent, byte[] body, boolean storable, String etag) {

    static final Reply ABSENT = new Reply(true, new byte[0], true, "");

    static Reply of(byte[] body) {
        return new Reply(false, body, true, "");
    }

    @Override
    public String toString() {
        return absent ? "Reply[absent]" : "Reply[" + body.length + " bytes]";
    }
}
