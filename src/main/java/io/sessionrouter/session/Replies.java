package io.sessionrouter.session;

import io.vertx.redis.client.Response;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads the replies of commands and scripts that always have one. */
final class Replies {
  private Replies() {}

  /** Whether it is the number that scripts answer for a yes. */
  static boolean isOne(@Nullable Response reply) {
    return number(reply) == 1;
  }

  static long number(@Nullable Response reply) {
    return Objects.requireNonNull(present(reply).toLong());
  }

  /** A part of a list, or null if it has no such part or Redis has nothing there. */
  static @Nullable Response part(@Nullable Response list, int index) {
    Response parts = present(list);
    return index < parts.size() ? parts.get(index) : null;
  }

  static List<String> texts(@Nullable Response list) {
    return present(list).stream().map(Response::toString).toList();
  }

  private static Response present(@Nullable Response reply) {
    return Objects.requireNonNull(reply, "Redis answered nothing");
  }
}
