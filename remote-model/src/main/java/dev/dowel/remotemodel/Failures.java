package dev.dowel.remotemodel;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** Turns an answer that is not a success into the exception that says what to do. */
final class Failures {

    private static final int MAX_TITLE = 200;

    private final JsonCodec json;
    private final HttpCalls calls;

    Failures(JsonCodec json, HttpCalls calls) {
        this.json = json;
        this.calls = calls;
    }

    RemoteResponseException of(Ask ask, Answer answer) {
        Optional<Problem> problem = problem(answer);
        StringBuilder message =
                new StringBuilder().append(ask).append(" answered ").append(answer.status());
        problem.map(Problem::title)
                .filter(title -> !title.isEmpty())
                .ifPresent(
                        title -> message.append(" (").append(printable(title)).append(')'));
        Optional<Duration> retryAfter = calls.retryAfter(answer);
        retryAfter.ifPresent(wait -> message.append(", retry after ").append(wait));
        message.append(hint(ask, answer));
        return RemoteResponseException.of(new RemoteResponseException.Parts(
                message.toString(),
                answer.status(),
                answer.headers().toMultimap(),
                problem.orElse(null),
                retryAfter.orElse(null),
                answer.body(),
                null));
    }

    private static String hint(Ask ask, Answer answer) {
        int status = answer.status();
        if (status >= 300 && status < 400) {
            return redirectHint(ask, answer);
        }
        return switch (status) {
            case 412 -> "; the entity has changed since its ETag was read, so read it again";
            case 401, 403 -> "; check the service's credentials option";
            case 404, 410 ->
                "; that is not the service's own answer, so check base URL, prefix, version and trailingSlash";
            case 405 -> "; the service does not offer this method here, check the entity name and trailingSlash";
            case 415 -> "; check the media type, for patch see patchMediaType";
            default -> "";
        };
    }

    private static String redirectHint(Ask ask, Answer answer) {
        @Nullable HttpUrl target = ask.url().resolve(answer.header("Location"));
        if (answer.header("Location").isEmpty() || target == null) {
            return "; it was not followed";
        }
        String from = ask.url().encodedPath();
        String to = target.encodedPath();
        if (to.equals(from + "/")) {
            return "; it only adds a slash, so set trailingSlash(true)";
        }
        if (from.equals(to + "/")) {
            return "; it only removes a slash, so set trailingSlash(false)";
        }
        return " towards "
                + Ask.plain(target.newBuilder().username("").password("").build())
                + "; it was not followed, so set the base URL to where the service is";
    }

    private Optional<Problem> problem(Answer answer) {
        if (!answer.mediaType().equals("application/problem+json")) {
            return Optional.empty();
        }
        try {
            ProblemDocument document = (ProblemDocument) json.decode(answer.body(), ProblemDocument.class);
            return Optional.of(new Problem(
                    document.type == null ? "about:blank" : document.type,
                    document.title == null ? "" : document.title,
                    document.detail == null ? "" : document.detail));
        } catch (IOException notWhatItSays) {
            return Optional.empty();
        }
    }

    /** A title is the provider's text; in a message it stays on one line and short. */
    static String printable(String title) {
        String line = title.replaceAll("\\p{C}", " ");
        return line.length() <= MAX_TITLE ? line : line.substring(0, MAX_TITLE);
    }

    /** RFC 9457; the transport's status counts, not the document's. */
    record ProblemDocument(
            @Nullable String type,
            @Nullable String title,
            @Nullable String detail) {}
}
