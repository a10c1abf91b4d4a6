package io.sessionrouter.ops;

import io.sessionrouter.config.DurationText;
import io.sessionrouter.config.Keys;
import io.sessionrouter.config.Problems;

/** Checks what users configure of the router's own end. */
public final class DrainSettingsReader {
  private static final String KEY = Keys.ROOT + ".drain";

  private DrainSettingsReader() {}

  /** The settings, with a value that works in place of each that is noted as a problem. */
  public static DrainSettings read(DrainConfig config, Problems problems) {
    DrainConfig.Drain drain = config.drain();
    String delay = DurationText.of(drain.delay());
    problems.expect(!drain.delay().isNegative(), KEY + ".delay", delay, "0s or more");
    problems.expect(
        drain.delay().compareTo(Problems.MAX_DURATION) <= 0,
        KEY + ".delay",
        delay,
        "at most 365 days");
    return new DrainSettings(drain.delay(), problems.positive(KEY + ".timeout", drain.timeout()));
  }
}
