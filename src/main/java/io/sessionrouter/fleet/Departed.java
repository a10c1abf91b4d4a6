package io.sessionrouter.fleet;

/**
 * An instance that left the fleet.
 *
 * @param at when, epoch milliseconds
 */
public record Departed(String instance, long at) {}
