package io.sessionrouter.endpoint;

/**
 * @param maxBody bytes
 */
public record Limits(long maxBody) {}
