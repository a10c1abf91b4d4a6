package io.sessionrouter.endpoint;

/**
 * What a request may be.
 *
 * @param maxBody bytes
 */
public record Limits(long maxBody) {}
