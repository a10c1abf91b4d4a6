package io.sessionrouter.endpoint;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Models that are loaded when asked for.
 *
 * @param prefix where they lie; without a slash at its end
 * @param maxWait how long a request waits for a load
 * @param loadTimeout how long a load may take
 * @param spreadAt a model's requests in flight, on each instance that has it, at which it is loaded
 *     on one more; null for never
 * @param retryFailedAfter how long a failed load is remembered
 */
public record ModelsSettings(
    String prefix,
    Duration maxWait,
    Duration loadTimeout,
    @Nullable Integer spreadAt,
    Duration retryFailedAfter) {}
