package io.sessionrouter.gateway;

import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.sessionrouter.upstream.InstanceConnection;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A request's body on its way to the instance: held back until there is a connection, then passed
 * on as fast as the instance takes it.
 */
final class RequestBody {
  /** Held back at most, and a network read more. */
  private static final int MAX_HELD = 64 * 1024;

  private final ClientStream client;
  private @Nullable ArrayDeque<HttpContent> held;
  private @Nullable InstanceConnection instance;
  private long bytes;
  private boolean ended;

  RequestBody(ClientStream client) {
    this.client = client;
  }

  /** Takes ownership. */
  void add(HttpContent content) {
    bytes += content.content().readableBytes();
    ended = content instanceof LastHttpContent;
    InstanceConnection to = instance;
    if (to == null) {
      hold(content);
    } else {
      pass(to, content);
    }
  }

  private void hold(HttpContent content) {
    ArrayDeque<HttpContent> parts = held;
    if (parts == null) {
      parts = new ArrayDeque<>(4);
      held = parts;
    }
    parts.add(content);
    if (bytes >= MAX_HELD && !ended) {
      client.pauseBody();
    }
  }

  private void pass(InstanceConnection to, HttpContent content) {
    to.write(withoutTrailers(content));
    if (!ended && !to.writable()) {
      client.pauseBody();
    }
  }

  /** Trailers are headers that nobody checked. */
  static HttpContent withoutTrailers(HttpContent content) {
    return content instanceof LastHttpContent last && !last.trailingHeaders().isEmpty()
        ? new DefaultLastHttpContent(content.content())
        : content;
  }

  /** From now on the body goes there. */
  void passTo(InstanceConnection to) {
    instance = to;
    ArrayDeque<HttpContent> parts = held;
    held = null;
    if (parts != null) {
      parts.forEach(part -> to.write(withoutTrailers(part)));
    }
    if (ended || to.writable()) {
      client.resumeBody();
    }
  }

  /** Nobody takes the rest. */
  void drop() {
    instance = null;
    ArrayDeque<HttpContent> parts = held;
    held = null;
    if (parts != null) {
      parts.forEach(ReferenceCountUtil::release);
    }
  }

  long bytes() {
    return bytes;
  }

  boolean ended() {
    return ended;
  }
}
