package io.sessionrouter.container;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The headers of one request as its container will see them, with the values the router itself
 * needs picked out in the same pass.
 */
public final class ContainerRequest {
  private static final RequestHeader[] ALL = RequestHeader.values();

  private static final AsciiString SESSION = AsciiString.cached("X-Session-Router-Session");
  private static final AsciiString NEW = AsciiString.cached("new");

  private final boolean streams;
  private final @Nullable CharSequence[] values = new CharSequence[ALL.length];
  private boolean opens;
  private @Nullable String traceparent;
  private @Nullable String tracestate;

  private ContainerRequest(boolean streams) {
    this.streams = streams;
  }

  /**
   * Takes the allowed headers out of a client's.
   *
   * @param streams whether a response stream is asked for: then {@code Accept} speaks of the
   *     stream's envelope, and another header of what is in it
   * @throws io.sessionrouter.domain.RouterException of kind {@code INVALID_REQUEST} if one is
   *     malformed, or given twice and no list
   */
  public static ContainerRequest from(HttpHeaders client, boolean streams) {
    ContainerRequest request = new ContainerRequest(streams);
    @Nullable TraceHeaders trace = null;
    Iterator<Map.Entry<CharSequence, CharSequence>> all = client.iteratorCharSequence();
    while (all.hasNext()) {
      Map.Entry<CharSequence, CharSequence> entry = all.next();
      RequestHeader header = RequestHeader.named(entry.getKey());
      if (header != null) {
        request.take(header, entry.getValue());
      } else if (TraceHeaders.isOne(entry.getKey())) {
        trace = trace == null ? new TraceHeaders() : trace;
        trace.take(entry.getKey(), entry.getValue());
      }
    }
    if (trace != null) {
      request.traceparent = trace.parent();
      request.tracestate = request.traceparent == null ? null : trace.state();
    }
    return request;
  }

  private void take(RequestHeader header, CharSequence value) {
    CharSequence before = values[header.ordinal()];
    if (before != null && !header.isList()) {
      throw header.invalid("to be given once");
    }
    CharSequence whole = before == null ? value : before + ", " + value;
    header.check(whole);
    values[header.ordinal()] = whole;
  }

  /** The container sees another value of a header than the client gave. */
  public void replace(RequestHeader header, String value) {
    values[header.ordinal()] = value;
  }

  /**
   * A session is to be opened, and the container is asked by the router's own header instead of the
   * client's: some take any id in the client's header for one of their own.
   */
  public void opensSession() {
    values[RequestHeader.SESSION_ID.ordinal()] = null;
    opens = true;
  }

  /** The value of an allowed header, or null if the client sent none. */
  public @Nullable String value(RequestHeader header) {
    CharSequence value = values[header.ordinal()];
    return value == null ? null : value.toString();
  }

  /** The trace it is part of, in the form of the W3C; null if none. */
  public @Nullable String traceparent() {
    return traceparent;
  }

  public @Nullable String tracestate() {
    return tracestate;
  }

  /** The container's work is to be traced under this parent instead. */
  public void traceUnder(String parent) {
    traceparent = parent;
  }

  /**
   * Writes the headers and the end of the head.
   *
   * @param contentLength of the body in bytes, -1 if it is sent in chunks
   */
  public void writeTo(HttpOutput out, long contentLength) {
    for (RequestHeader header : ALL) {
      CharSequence value = values[header.ordinal()];
      if (value != null) {
        write(header, value, out);
      }
    }
    if (opens) {
      out.header(SESSION, NEW);
    }
    writeTrace(out);
    if (contentLength < 0) {
      out.header(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    } else {
      out.header(HttpHeaderNames.CONTENT_LENGTH, Long.toString(contentLength));
    }
    out.lineEnd();
  }

  private void writeTrace(HttpOutput out) {
    if (traceparent != null) {
      out.header(TraceHeaders.TRACEPARENT, traceparent);
    }
    if (tracestate != null) {
      out.header(TraceHeaders.TRACESTATE, tracestate);
    }
  }

  private void write(RequestHeader header, CharSequence value, HttpOutput out) {
    AsciiString name =
        switch (header) {
          case ACCEPT -> streams ? null : HttpHeaderNames.ACCEPT;
          case STREAM_ACCEPT -> streams ? HttpHeaderNames.ACCEPT : null;
          default -> header.headerName();
        };
    if (name != null) {
      out.header(name, value);
    }
  }
}
