package dev.dowel.example.likes;

/** A page of a web site, with the users who had a hand in it: often the same person three times. */
public record Page(String id, long author, long editor, long owner) {}
