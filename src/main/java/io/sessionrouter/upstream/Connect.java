package io.sessionrouter.upstream;

import io.sessionrouter.domain.Instance;
import java.time.Duration;

/**
 * A connection that somebody waits for.
 *
 * @param timeout until it is open once its turn has come
 * @param deadline nanoseconds; when its turn is waited for no longer
 */
record Connect(Instance to, Duration timeout, long deadline, Connections.Waiting waiting) {}
