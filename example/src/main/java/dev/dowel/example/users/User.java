package dev.dowel.example.users;

/** A person who has an account. */
public record User(long id, String name) {}
