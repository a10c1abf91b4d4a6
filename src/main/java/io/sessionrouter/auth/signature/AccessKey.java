package io.sessionrouter.auth.signature;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key pair that requests are signed with.
 *
 * @param id what requests name
 * @param secret what they are signed with
 * @param sessionToken what requests must carry besides; null if they must carry none
 * @param expires until when it is valid; null if it does not expire
 */
public record AccessKey(
    String id, String secret, @Nullable String sessionToken, @Nullable Instant expires) {

  /** Without the secrets: this may come into a log. */
  @Override
  public String toString() {
    return id;
  }
}
