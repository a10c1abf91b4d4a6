package io.sessionrouter.container;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.AsciiString;
import io.sessionrouter.domain.IncarnationName;

/**
 * The id a container chose at its start, if it reports one; a session's state does not outlive it.
 */
public final class BootId {
  static final AsciiString HEADER = AsciiString.cached("X-Session-Router-Boot-Id");

  private BootId() {}

  /** The boot that gave this answer; the fallback if the container reports none. */
  public static String of(HttpResponse answer, String fallback) {
    String reported = answer.headers().get(HEADER);
    return reported == null || !IncarnationName.isBootId(reported) ? fallback : reported;
  }

  /** Whether another boot than the given one gave this answer, as far as both are known. */
  public static boolean differs(HttpResponse answer, String bootId) {
    return IncarnationName.isBootId(bootId) && !of(answer, bootId).equals(bootId);
  }
}
