package dev.dowel.authtoken;

/**
 * Hears what a {@link BearerTokenFilter} decides and what a {@link ClientTokenVerifier} notices, for metrics and the audit
 * trail. Called on the thread of the request or of the reload, by many threads at once, so it should be quick; what it
 * throws is dropped and only the class of it is logged.
 */
public interface AuthenticationListener {

    /**
     * A token was accepted. Called once per request, before the scopes of the path are looked at.
     *
     * @param event holds the principal
     */
    default void onSuccess(AuthenticationEvent event) {}

    /**
     * A call was refused with 400, 401, 403, 429 or 503.
     *
     * @param event holds the reason, and the principal where a scope was missing
     */
    default void onFailure(AuthenticationEvent event) {}

    /**
     * A watched file was read again, and had another content or was wrong. A file that stays wrong is told at every look.
     *
     * @param result changed or failed
     */
    default void onReload(ReloadResult result) {}

    /**
     * A secret of fewer than 22 characters was accepted for the first time in this process. It cannot have 128 random bits;
     * the service holds only digests and could not know earlier.
     *
     * @param secret which one
     */
    default void onWeakSecret(SecretStatus secret) {}
}
