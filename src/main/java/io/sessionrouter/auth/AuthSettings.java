package io.sessionrouter.auth;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Who may call.
 *
 * @param open whether everybody may do everything, as somebody wrote
 * @param principals the file; null if callers are not distinguished
 * @param region that requests must be signed for
 */
public record AuthSettings(boolean open, @Nullable Path principals, String region) {

  /** Whether callers are distinguished. */
  public boolean on() {
    return principals != null;
  }
}
