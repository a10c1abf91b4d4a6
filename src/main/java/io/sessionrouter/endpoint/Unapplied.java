package io.sessionrouter.endpoint;

/** An endpoint of which a room could not take the newest state. */
public record Unapplied(String endpoint, Room room) {}
