package dev.dowel.authtoken;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listener and log what a {@link ClientTokenVerifier} notices beside its verdicts. */
final class VerifierEvents {

    private static final Logger LOG = LoggerFactory.getLogger(ClientTokenVerifier.class);

    private final @Nullable AuthenticationListener listener;
    private final ThrottledLog reloadLog = new ThrottledLog(LOG, "Reading the client tokens again", System::nanoTime);
    private final ThrottledLog listenerLog = new ThrottledLog(LOG, "The authentication listener", System::nanoTime);

    VerifierEvents(@Nullable AuthenticationListener listener) {
        this.listener = listener;
    }

    void reloaded(ReloadResult result, ClientRegistry registry) {
        switch (result.status()) {
            case UNCHANGED -> {
                return;
            }
            case CHANGED -> LOG.info("Client tokens reloaded: {}", registry);
            case FAILED -> reloadLog.failed(result.problem().orElse("") + "; the last good set stays");
        }
        tell(told -> told.onReload(result));
    }

    void weak(SecretStatus secret) {
        LOG.warn(
                "A secret of client {} has fewer than 22 characters (label: {}); use TokenGenerator",
                secret.client(),
                secret.label().orElse("none"));
        tell(told -> told.onWeakSecret(secret));
    }

    private void tell(Consumer<AuthenticationListener> event) {
        if (listener == null) {
            return;
        }
        try {
            event.accept(listener);
        } catch (RuntimeException e) {
            listenerLog.failed(e);
        }
    }
}
