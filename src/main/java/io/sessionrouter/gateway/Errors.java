package io.sessionrouter.gateway;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup.Missing;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The one place that turns failures into what clients read. */
final class Errors {
  private static final AsciiString ERROR_TYPE = AsciiString.cached("x-amzn-errortype");
  private static final AsciiString JSON = AsciiString.cached("application/json");
  private static final AsciiString ONE_SECOND = AsciiString.cached("1");
  private static final AsciiString POST = AsciiString.cached("POST");
  private static final int MAX_MESSAGE = 2048;
  private static final Map<FailureKind, HttpResponseStatus> STATUSES = new ConcurrentHashMap<>();

  private Errors() {}

  /** The whole response for a failure; headers every response carries are still to be added. */
  static FullHttpResponse response(RouterException failure) {
    FailureKind kind = failure.kind();
    ByteBuf body = Unpooled.wrappedBuffer(body(failure).getBytes(StandardCharsets.UTF_8));
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            status(kind),
            body,
            DefaultHttpHeadersFactory.headersFactory().withValidation(false),
            DefaultHttpHeadersFactory.trailersFactory());
    HttpHeaders headers = response.headers();
    headers.add(ERROR_TYPE, kind.code());
    headers.add(HttpHeaderNames.CONTENT_TYPE, JSON);
    headers.add(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.readableBytes()));
    if (kind.retry() == FailureKind.Retry.AFTER_A_SECOND) {
      headers.add(HttpHeaderNames.RETRY_AFTER, ONE_SECOND);
    }
    if (kind == FailureKind.METHOD_NOT_ALLOWED) {
      headers.add(HttpHeaderNames.ALLOW, POST);
    }
    return response;
  }

  private static HttpResponseStatus status(FailureKind kind) {
    return STATUSES.computeIfAbsent(
        kind,
        k ->
            k == FailureKind.STORE_BROKE
                ? new HttpResponseStatus(k.status(), "Dependency Failed")
                : HttpResponseStatus.valueOf(k.status()));
  }

  private static String body(RouterException failure) {
    StringBuilder json = new StringBuilder(256).append("{\"code\":\"");
    json.append(failure.kind().code()).append("\",\"Message\":\"");
    quote(failure.text(), json);
    if (failure instanceof ModelError model) {
      json.append("\",\"OriginalStatusCode\":").append(model.originalStatus());
      json.append(",\"OriginalMessage\":\"");
      quote(model.originalMessage(), json);
      json.append("\",\"LogStreamArn\":\"\",\"ErrorCode\":\"").append(model.errorCode());
    }
    return json.append("\"}").toString();
  }

  private static void quote(String text, StringBuilder json) {
    JsonStringEncoder.getInstance().quoteAsString(shortened(text), json);
  }

  private static String shortened(String text) {
    return text.length() <= MAX_MESSAGE ? text : text.substring(0, MAX_MESSAGE - 1) + "…";
  }

  /** What to say of a session that does not live. */
  static RouterException missing(Missing why, String id) {
    return switch (why) {
      case UNKNOWN -> unknownSession(id);
      case EXPIRED -> new RouterException(FailureKind.SESSION_EXPIRED, session(id, "has expired"));
      case CLOSED -> new RouterException(FailureKind.SESSION_CLOSED, session(id, "is closed"));
      case LOST -> lost(id);
    };
  }

  private static RouterException unknownSession(String id) {
    return new RouterException(FailureKind.SESSION_UNKNOWN, session(id, "is not known"));
  }

  static RouterException lost(String id) {
    return new RouterException(
        FailureKind.SESSION_LOST,
        session(id, "is lost: the instance that held the session is gone"));
  }

  static RouterException otherVariant(Session session) {
    return new RouterException(
        FailureKind.INVALID_REQUEST,
        "Session "
            + session.id()
            + " lives on variant "
            + session.variant()
            + " (expected: that TargetVariant, or none).");
  }

  /** The state may still be there: nothing is known but that there is no connection now. */
  static RouterException unreachable(String id) {
    return new RouterException(
        FailureKind.INSTANCE_UNREACHABLE,
        "The instance that holds session " + id + " cannot be reached now; try again.");
  }

  static RouterException noSlot(String endpoint) {
    return new RouterException(
        FailureKind.NO_SESSION_SLOT,
        "Every instance of endpoint " + endpoint + " holds as many sessions as it may; try again.");
  }

  static RouterException noStore() {
    return new RouterException(
        FailureKind.STORE_UNAVAILABLE, "The session store is unavailable; try again.");
  }

  static RouterException openNotStored() {
    return new RouterException(
        FailureKind.STORE_BROKE,
        "The session began, but the session store did not take it; it was closed again.");
  }

  static RouterException closeNotStored(String id) {
    return new RouterException(
        FailureKind.STORE_BROKE,
        "Session " + id + " was closed on its instance, but the session store did not answer.");
  }

  static RouterException idTaken(String endpoint) {
    return new RouterException(
        FailureKind.MODEL_UNUSABLE,
        "A model container of endpoint " + endpoint + " began a session with an id in use.");
  }

  private static String session(String id, String what) {
    return "Session " + id + " " + what + " (open a new one with SessionId NEW_SESSION).";
  }

  /** Anything that was not foreseen, without a word of what it was. */
  static RouterException internal(Throwable cause) {
    return cause instanceof RouterException known
        ? known
        : new RouterException(
            FailureKind.INTERNAL, "The router failed; the request id names the case.", cause);
  }
}
