package io.sessionrouter.session;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Where a page of sessions ended.
 *
 * <p>Named by the last member itself and not by its rank, so that sessions that come and go do not
 * shift the pages.
 *
 * @param member the last one listed; empty before the first
 */
record ListingCursor(String instance, long score, String member) {
  /** Before everything. */
  static final ListingCursor BEGIN = new ListingCursor("", 0, "");

  private static final int PARTS = 3;
  private static final String SEPARATOR = "\n";

  /** Before everything of one instance that has not ended by now. */
  static ListingCursor beginOf(String instance, long now) {
    return new ListingCursor(instance, now, "");
  }

  /** Null if the text is no cursor. */
  static @Nullable ListingCursor of(String text) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      String[] parts = new String(bytes, StandardCharsets.UTF_8).split(SEPARATOR, -1);
      return parts.length == PARTS
          ? new ListingCursor(parts[0], Long.parseLong(parts[1]), parts[2])
          : null;
    } catch (IllegalArgumentException malformed) {
      return null;
    }
  }

  /** What the next request brings back. */
  String text() {
    String plain = instance + SEPARATOR + score + SEPARATOR + member;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(plain.getBytes(StandardCharsets.UTF_8));
  }
}
