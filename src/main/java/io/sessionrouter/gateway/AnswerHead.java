package io.sessionrouter.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.AsciiString;
import io.sessionrouter.container.RequestHeader;
import io.sessionrouter.container.SessionHeader;
import io.sessionrouter.gateway.AffinityCommit.Settled;
import org.jspecify.annotations.Nullable;

/**
 * What a client gets to see of the head of a container's answer: an allow-list, too.
 *
 * @param variant the one that answered
 * @param settled what it said of sessions, null if nothing
 */
record AnswerHead(
    Operation operation, HttpResponse answer, String variant, @Nullable Settled settled)
    implements ResponseHead {
  private static final AsciiString VARIANT =
      AsciiString.cached("x-Amzn-Invoked-Production-Variant");
  private static final AsciiString CUSTOM_ATTRIBUTES = RequestHeader.CUSTOM_ATTRIBUTES.headerName();
  private static final AsciiString PART_TYPE = AsciiString.cached("X-Amzn-SageMaker-Content-Type");
  private static final AsciiString EVENT_STREAM =
      AsciiString.cached("application/vnd.amazon.eventstream");

  @Override
  public int status() {
    return answer.status().code();
  }

  @Override
  public @Nullable CharSequence contentLength() {
    return operation.inEvents() ? null : answer.headers().get(HttpHeaderNames.CONTENT_LENGTH);
  }

  @Override
  public void headers(Headers to) {
    if (operation.inEvents()) {
      to.add(HttpHeaderNames.CONTENT_TYPE, EVENT_STREAM);
      copy(HttpHeaderNames.CONTENT_TYPE, PART_TYPE, to);
    } else {
      copy(HttpHeaderNames.CONTENT_TYPE, HttpHeaderNames.CONTENT_TYPE, to);
      // The bytes are passed on as they are, and cannot be read without it.
      copy(HttpHeaderNames.CONTENT_ENCODING, HttpHeaderNames.CONTENT_ENCODING, to);
    }
    to.add(VARIANT, variant);
    copy(CUSTOM_ATTRIBUTES, CUSTOM_ATTRIBUTES, to);
    if (settled != null) {
      sessions(settled, to);
    }
  }

  private static void sessions(Settled settled, Headers to) {
    if (settled.begun() != null) {
      to.add(SessionHeader.NEW_SESSION_ID, SessionHeader.value(settled.begun()));
    }
    if (settled.ended() != null) {
      to.add(SessionHeader.CLOSED_SESSION_ID, settled.ended().id());
    }
  }

  private void copy(AsciiString name, AsciiString as, Headers to) {
    String value = answer.headers().get(name);
    if (value != null) {
      to.add(as, value);
    }
  }
}
