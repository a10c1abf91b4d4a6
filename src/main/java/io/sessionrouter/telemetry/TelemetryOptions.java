package io.sessionrouter.telemetry;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What is reported beside metrics, as configured.
 *
 * @param accessLog whether every request is logged in one line
 * @param tracesTo the collector that gets spans, null if there are no traces
 * @param sampleRatio the share of the traces begun here that are recorded
 */
public record TelemetryOptions(boolean accessLog, @Nullable URI tracesTo, double sampleRatio) {}
