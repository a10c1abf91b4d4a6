package io.sessionrouter.fleet;

/**
 * An instance that left the fleet.
 *
 * @param at when, epoch milliseconds
 */
public record DepartedInstance(String instance, long at) {}
