package dev.dowel.messaging.internal;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.SocketException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why an attempt to connect failed.
 *
 * @param reason what was said, with what to do about it
 * @param lasting somebody must mend it before another attempt can succeed
 * @param perhapsLasting that is so if it happens again and again
 */
record ConnectFailure(String reason, boolean lasting, boolean perhapsLasting) {
    private static final String TRUST =
            "; the broker's certificate must name the host of the URI and be issued by a trusted CA, see tls(SSLContext)";
    private static final String CLIENT = "; if the broker demands a client certificate, give one with tls(SSLContext)";

    static ConnectFailure of(Throwable e, boolean tls) {
        if (find(e, CertificateException.class) instanceof CertificateException certificate) {
            return new ConnectFailure(describe(certificate) + TRUST, true, false);
        }
        if (find(e, SSLException.class) instanceof SSLException handshake) {
            return new ConnectFailure(describe(handshake) + CLIENT, false, false);
        }
        if (e instanceof PossibleAuthenticationFailureException) {
            return new ConnectFailure(
                    describe(e) + ": the broker hung up; check user, password and vhost" + (tls ? CLIENT : ""),
                    false,
                    true);
        }
        if (e instanceof AuthenticationFailureException
                || (e.getCause() instanceof ShutdownSignalException signal
                        && signal.getReason() instanceof AMQP.Connection.Close)) {
            return new ConnectFailure(
                    describe(e.getCause() == null ? e : e.getCause()) + "; check user, password and vhost",
                    true,
                    false);
        }
        // A broker that misses the client's certificate may just hang up.
        boolean hungUp = tls && (find(e, SocketException.class) != null || find(e, EOFException.class) != null);
        return new ConnectFailure(
                describe(e) + (hungUp && !(e instanceof ConnectException) ? CLIENT : ""), false, false);
    }

    private static @Nullable Throwable find(Throwable e, Class<? extends Throwable> type) {
        // Outermost first: the innermost is about some detail of a certificate's path.
        for (Throwable one = e; one != null; one = one.getCause()) {
            if (type.isInstance(one)) {
                return one;
            }
        }
        return null;
    }

    static String describe(Throwable e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : e.getClass().getSimpleName() + " " + message;
    }
}
