package io.sessionrouter.gateway.http1;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.AsciiString;
import io.sessionrouter.gateway.OperationPath;
import org.jspecify.annotations.Nullable;

/**
 * The request that a connection reads: how it came, how much of its body is to come, and whether
 * another one may follow it.
 */
final class RequestFraming {
  /** A rest of a body that is cheaper to read than a new connection. */
  private static final long SMALL_REST = 64 * 1024;

  /** In these modes an SDK retries any 503, but a 429 only if the service's model says so. */
  private static final String STANDARD = "cfg/retry-mode#standard";

  private static final String ADAPTIVE = "cfg/retry-mode#adaptive";

  private @Nullable HttpHeaders headers;
  private @Nullable String uri;
  private boolean ended = true;
  private boolean keepAlive = true;
  private boolean http10;
  private boolean toHead;
  private boolean awaitsContinue;
  private long bodyLeft;

  void begin(HttpRequest head) {
    headers = head.headers();
    uri = head.uri();
    ended = false;
    keepAlive = HttpUtil.isKeepAlive(head);
    http10 = head.protocolVersion().minorVersion() == 0;
    toHead = HttpMethod.HEAD.equals(head.method());
    awaitsContinue = HttpUtil.is100ContinueExpected(head);
    bodyLeft = HttpUtil.isTransferEncodingChunked(head) ? Long.MAX_VALUE : declaredLength(head);
  }

  private static long declaredLength(HttpRequest head) {
    return HttpUtil.getContentLength(head, 0L);
  }

  void body(ByteBuf data, boolean last) {
    awaitsContinue = false;
    bodyLeft -= data.readableBytes();
    ended = last;
  }

  /** Has its response: what it said is of no use any more. */
  void answered() {
    headers = null;
    uri = null;
  }

  /** Cannot be read: nothing that follows can be trusted. */
  void malformed() {
    ended = false;
    keepAlive = false;
  }

  /** Whether all of it is here. */
  boolean ended() {
    return ended;
  }

  boolean http10() {
    return http10;
  }

  boolean toHead() {
    return toHead;
  }

  /** Whether its client waits for leave to send the body; it is given once. */
  boolean takeContinue() {
    boolean waits = awaitsContinue;
    awaitsContinue = false;
    return waits;
  }

  /** Whether its client is an AWS SDK in standard or adaptive retry mode. */
  boolean retriesInStandardMode() {
    String agent = headers == null ? null : headers.get(HttpHeaderNames.USER_AGENT);
    return agent != null && (agent.contains(STANDARD) || agent.contains(ADAPTIVE));
  }

  /** Whether its client is one of OpenAI's. */
  boolean isOpenAi() {
    return uri != null && OperationPath.isOpenAi(uri);
  }

  /** Whether reading the rest of it costs less than a new connection. */
  boolean worthReading() {
    return ended || (!awaitsContinue && bodyLeft <= SMALL_REST);
  }

  /** No other may follow it. */
  void beLast() {
    keepAlive = false;
  }

  boolean keepAlive() {
    return keepAlive;
  }

  /** What the response has to say of the connection; null if it goes without saying. */
  @Nullable AsciiString connection() {
    if (!keepAlive) {
      return HttpHeaderValues.CLOSE;
    }
    return http10 ? HttpHeaderValues.KEEP_ALIVE : null;
  }
}
