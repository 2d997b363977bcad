package dev.dowel.example.likes;

/** What this service knows of another service's user. */
public record User(long id, String name) {}
