package io.sessionrouter.upstream;

import java.time.Duration;

/**
 * A connection that somebody waits for.
 *
 * @param timeout until it is open once its turn has come
 * @param deadline nanoseconds; when its turn is waited for no longer
 */
record Connect(Duration timeout, long deadline, ConnectHandler handler) {}
