package io.sessionrouter.upstream;

import io.sessionrouter.config.Keys;
import io.sessionrouter.config.Problems;

/** Checks what users configure of connections to instances. */
public final class UpstreamSettingsReader {
  private static final String KEY = Keys.ROOT + ".upstream";

  private UpstreamSettingsReader() {}

  /** The settings, with a value that works in place of each that is noted as a problem. */
  public static UpstreamSettings read(UpstreamConfig config, Problems problems) {
    UpstreamConfig.Upstream upstream = config.upstream();
    return new UpstreamSettings(
        problems.positive(KEY + ".idle-timeout", upstream.idleTimeout()),
        problems.positive(KEY + ".max-idle", upstream.maxIdle()));
  }
}
