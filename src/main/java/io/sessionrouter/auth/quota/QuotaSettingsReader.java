package io.sessionrouter.auth.quota;

import io.sessionrouter.config.Keys;
import io.sessionrouter.config.Problems;

/** Checks how users configure the counting of quotas. */
public final class QuotaSettingsReader {
  private static final String KEY = Keys.ROOT + ".quota.replicas";
  private static final int MAX_REPLICAS = 1000;

  private QuotaSettingsReader() {}

  /** The settings, with a value that works in place of one that is noted as a problem. */
  public static QuotaSettings read(QuotaConfig config, Problems problems) {
    int replicas = config.quota().replicas();
    boolean good = replicas >= 1 && replicas <= MAX_REPLICAS;
    problems.expect(good, KEY, String.valueOf(replicas), "1 to " + MAX_REPLICAS);
    return new QuotaSettings(good ? replicas : 1);
  }
}
