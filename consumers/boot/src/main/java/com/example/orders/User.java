package com.example.orders;

/** Another service's user. */
public record User(long id, String name) {}
