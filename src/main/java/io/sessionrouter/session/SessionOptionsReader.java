package io.sessionrouter.session;

import io.sessionrouter.config.Keys;
import io.sessionrouter.config.Problems;

/** Checks what users configure of how sessions are kept. */
public final class SessionOptionsReader {
  private static final String KEY = Keys.ROOT + ".sessions";

  private SessionOptionsReader() {}

  /** The options, with a value that works in place of each that is noted as a problem. */
  public static SessionOptions read(SessionConfig config, Problems problems) {
    SessionConfig.Store store = config.sessions();
    return SessionOptions.DEFAULTS
        .withNearCacheSize(problems.positive(KEY + ".near-cache-size", store.nearCacheSize()))
        .withCommandTimeout(problems.positive(KEY + ".store-timeout", store.storeTimeout()));
  }
}
