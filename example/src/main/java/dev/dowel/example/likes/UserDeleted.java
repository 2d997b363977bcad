package dev.dowel.example.likes;

/** What this service reads of the event {@code user.deleted}, version 2. */
public record UserDeleted(String userId) {}
