package io.sessionrouter.container;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.AsciiString;
import io.sessionrouter.domain.IncarnationName;

/**
 * The id a container chose at its start, if it tells one; a session's state does not outlive it.
 */
public final class BootId {
  static final AsciiString HEADER = AsciiString.cached("X-Session-Router-Boot-Id");

  private BootId() {}

  /** The boot that gave this answer; the fallback if the container tells none. */
  public static String of(HttpResponse answer, String fallback) {
    String told = answer.headers().get(HEADER);
    return told == null || !IncarnationName.isBootId(told) ? fallback : told;
  }

  /** Whether another boot than the given one gave this answer, as far as both are known. */
  public static boolean differs(HttpResponse answer, String bootId) {
    return IncarnationName.isBootId(bootId) && !of(answer, bootId).equals(bootId);
  }
}
