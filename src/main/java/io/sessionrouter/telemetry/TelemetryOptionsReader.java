package io.sessionrouter.telemetry;

import io.sessionrouter.config.Keys;
import io.sessionrouter.config.Problems;

/** Checks what users configure of the access log and of traces. */
public final class TelemetryOptionsReader {
  private static final String KEY = Keys.ROOT + ".tracing";

  private TelemetryOptionsReader() {}

  /** The options; what is wrong with them is noted. */
  public static TelemetryOptions read(TelemetryConfig config, Problems problems) {
    TelemetryConfig.Tracing tracing = config.tracing();
    problems.expect(
        CollectorUrl.isValid(tracing.collector()),
        KEY + ".collector",
        tracing.collector(),
        CollectorUrl.EXPECTED);
    problems.expect(
        tracing.sampleRatio() >= 0 && tracing.sampleRatio() <= 1,
        KEY + ".sample-ratio",
        tracing.sampleRatio(),
        "0 to 1");
    return new TelemetryOptions(
        config.accessLog(), CollectorUrl.read(tracing.collector()), tracing.sampleRatio());
  }
}
