package io.sessionrouter.ops;

import java.time.Duration;

/**
 * The router's own end.
 *
 * @param delay how long it goes on as before once it says that it is not ready
 * @param timeout how long requests and streams may then take to end
 */
public record DrainSettings(Duration delay, Duration timeout) {}
