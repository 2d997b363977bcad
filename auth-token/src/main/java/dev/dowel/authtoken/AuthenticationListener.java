package dev.dowel.authtoken;

/**
 * Hears what a {@link BearerTokenFilter} decides, for metrics and the audit trail. Called on the thread of the request,
 * by many threads at once, so it should be quick; what it throws is dropped and only the class of it is logged.
 */
public interface AuthenticationListener {

    /**
     * A token was accepted. Called once per request, before the scopes of the path are looked at.
     *
     * @param event holds the principal
     */
    default void onSuccess(AuthenticationEvent event) {}

    /**
     * A call was refused with 400, 401, 403 or 503.
     *
     * @param event holds the reason, and the principal where a scope was missing
     */
    default void onFailure(AuthenticationEvent event) {}
}
