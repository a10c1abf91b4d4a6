package io.sessionrouter.gateway;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.AsciiString;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The whole response for a failure. */
public final class ErrorResponse implements ResponseHead {
  private static final AsciiString ERROR_TYPE = AsciiString.cached("x-amzn-errortype");
  private static final AsciiString JSON = AsciiString.cached("application/json");
  private static final AsciiString ONE_SECOND = AsciiString.cached("1");

  /** What AWS SDKs read instead of Retry-After; without it they wait for less than 0.1 s. */
  private static final AsciiString SDK_RETRY_AFTER = AsciiString.cached("x-amz-retry-after");

  private static final AsciiString A_THOUSAND_MILLIS = AsciiString.cached("1000");
  private static final int MAX_MESSAGE = 2048;

  private final RouterException failure;
  private final FailureKind kind;
  private final int status;
  private final @Nullable ContainerAnswer passed;
  private final byte[] body;

  /**
   * @param standardRetries whether the client is an AWS SDK in standard retry mode: then a model
   *     that is not ready is a 503, which it sends again, and not the 429 that AWS gives it
   * @param openAi whether the client is one of OpenAI's: then it reads the failure in that form,
   *     and a container's own answer as the container gave it
   */
  public ErrorResponse(RouterException failure, boolean standardRetries, boolean openAi) {
    this.failure = failure;
    kind = failure.kind();
    passed = openAi && failure instanceof ModelError model ? model.answer() : null;
    if (passed != null) {
      status = passed.status();
      body = passed.body();
    } else {
      status = standardRetries ? kind.statusInStandardRetries() : kind.status();
      String json = openAi ? OpenAiError.json(failure, status) : json(failure);
      body = json.getBytes(StandardCharsets.UTF_8);
    }
  }

  @Override
  public int status() {
    return status;
  }

  @Override
  public CharSequence contentLength() {
    return Integer.toString(body.length);
  }

  @Override
  public void headers(Headers to) {
    to.add(ERROR_TYPE, kind.code());
    if (passed != null) {
      passed.headers(to);
      return;
    }
    to.add(HttpHeaderNames.CONTENT_TYPE, JSON);
    if (kind.retry() == FailureKind.Retry.AFTER_A_SECOND) {
      to.add(HttpHeaderNames.RETRY_AFTER, ONE_SECOND);
      to.add(SDK_RETRY_AFTER, A_THOUSAND_MILLIS);
    }
    if (failure instanceof MethodNotAllowed method) {
      to.add(HttpHeaderNames.ALLOW, method.allowed());
    }
  }

  public ByteBuf body() {
    return Unpooled.wrappedBuffer(body);
  }

  private static String json(RouterException failure) {
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

  /** What a response stream that has begun ends with. */
  static String streamJson(RouterException failure, String errorCode) {
    StringBuilder json = new StringBuilder(256).append("{\"Message\":\"");
    quote(failure.text(), json);
    return json.append("\",\"ErrorCode\":\"").append(errorCode).append("\"}").toString();
  }

  static void quote(String text, StringBuilder json) {
    JsonStringEncoder.getInstance().quoteAsString(shortened(text), json);
  }

  private static String shortened(String text) {
    return text.length() <= MAX_MESSAGE ? text : text.substring(0, MAX_MESSAGE - 1) + "…";
  }
}
