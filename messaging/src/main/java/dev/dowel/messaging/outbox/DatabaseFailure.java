package dev.dowel.messaging.outbox;

import java.sql.SQLException;
import java.util.regex.Pattern;

/** What a database says of a failure, without the values of rows, which drivers and servers put into their messages. */
final class DatabaseFailure {
    private static final Pattern QUOTED_VALUE = Pattern.compile(":\\s*[\"'].*");

    private DatabaseFailure() {}

    /** Returns the failure with the first line of its message only, and without causes; others than of SQL as they are. */
    static Throwable withoutValues(Throwable failure) {
        return failure instanceof SQLException e ? withoutValues(e) : failure;
    }

    static SQLException withoutValues(SQLException failure) {
        String text = failure.getMessage() == null ? "" : failure.getMessage();
        String first = text.lines().findFirst().orElse("");
        SQLException told = new SQLException(
                QUOTED_VALUE.matcher(first).replaceFirst(": ..."), failure.getSQLState(), failure.getErrorCode());
        told.setStackTrace(failure.getStackTrace());
        return told;
    }
}
