package io.sessionrouter.endpoint;

import io.sessionrouter.config.DurationText;
import io.sessionrouter.config.HostUrl;
import io.sessionrouter.config.Problems;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Checks what an endpoint says of its models. */
final class ModelsReader {
  private final Problems problems;
  private final String key;

  /**
   * @param key of the endpoint's models
   */
  ModelsReader(Problems problems, String key) {
    this.problems = problems;
    this.key = key;
  }

  /** The settings, or null for a single-model endpoint; all values are checked either way. */
  @Nullable ModelsSettings read(EndpointsConfig.Models models) {
    Duration wait = problems.positive(key + ".wait", models.maxWait());
    Duration loadTimeout = problems.positive(key + ".load-timeout", models.loadTimeout());
    problems.expect(
        wait.compareTo(loadTimeout) <= 0,
        key + ".wait",
        DurationText.of(wait),
        "at most load-timeout, " + DurationText.of(loadTimeout));
    models.spreadAt().ifPresent(at -> problems.positive(key + ".spread-at", at));
    Duration retry = problems.positive(key + ".retry-failed-after", models.retryFailedAfter());
    String prefix = models.prefix().map(this::prefix).orElse(null);
    return prefix == null
        ? null
        : new ModelsSettings(prefix, wait, loadTimeout, models.spreadAt().orElse(null), retry);
  }

  private String prefix(String text) {
    String prefix = ModelPrefix.parse(text);
    problems.expect(prefix != null, key + ".prefix", HostUrl.shown(text), ModelPrefix.EXPECTED);
    return prefix == null ? "" : prefix;
  }
}
