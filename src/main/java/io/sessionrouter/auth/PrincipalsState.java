package io.sessionrouter.auth;

import io.sessionrouter.config.ConfigurationState.Refusal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which principals are in force, and what became of the newest file of them.
 *
 * @param file that is watched; null if callers are not distinguished
 * @param since when they came into force
 * @param count how many they are
 * @param refused why the newest file is not in force; null if it is
 */
public record PrincipalsState(
    @Nullable String file, Instant since, int count, @Nullable Refusal refused) {

  /** Whether the newest file is in force. */
  public boolean current() {
    return refused == null;
  }
}
