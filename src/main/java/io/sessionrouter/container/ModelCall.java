package io.sessionrouter.container;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.tls.InstanceClients;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One question to a container about its models; used on one event loop. */
final class ModelCall {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_BODY = 1024 * 1024;
  private static final int MAX_MESSAGE = 1024;

  private final Promise<Result> result;
  private final Vertx vertx;
  private final long timer;
  private final Buffer body = Buffer.buffer();
  private @Nullable HttpClientRequest request;

  /** What came back. */
  record Result(int status, Buffer body) {

    ModelApi.Reply reply() {
      return new ModelApi.Reply(status, status < 300 ? "" : message(body));
    }
  }

  ModelCall(Vertx vertx, long timeoutMillis, Promise<Result> result) {
    this.vertx = vertx;
    this.result = result;
    this.timer = vertx.setTimer(Math.max(1, timeoutMillis), late -> expire());
  }

  void send(Instance to, InstanceClients clients, RequestOptions options, String text) {
    clients
        .request(to, options)
        .onSuccess(opened -> send(opened, text))
        .onFailure(why -> fail(new ModelApi.Unreachable(why)));
  }

  private void send(HttpClientRequest opened, String text) {
    request = opened;
    if (result.future().isComplete()) {
      opened.reset();
      return;
    }
    opened.send(text).onSuccess(this::answered).onFailure(this::fail);
  }

  private void answered(HttpClientResponse response) {
    response.handler(part -> collect(response, part));
    response.exceptionHandler(this::fail);
    response.endHandler(end -> succeed(response.statusCode()));
  }

  private void collect(HttpClientResponse response, Buffer part) {
    if (body.length() + part.length() > MAX_BODY) {
      fail(new IllegalStateException("an answer of more than " + MAX_BODY + " bytes"));
      response.request().reset();
    } else {
      body.appendBuffer(part);
    }
  }

  private void succeed(int status) {
    vertx.cancelTimer(timer);
    result.tryComplete(new Result(status, body));
  }

  private void fail(Throwable why) {
    vertx.cancelTimer(timer);
    result.tryFail(why);
  }

  private void expire() {
    result.tryFail(new TimeoutException("no answer in time"));
    if (request != null) {
      request.reset();
    }
  }

  /** What an error body says: the message of the usual JSON shapes, or the text itself. */
  private static String message(Buffer body) {
    String text = body.toString();
    String said = text;
    try {
      JsonNode json = JSON.readTree(text);
      said = said(json.path("error").isObject() ? json.path("error") : json, text);
    } catch (JsonProcessingException notJson) {
      said = text;
    }
    return said.length() <= MAX_MESSAGE ? said : said.substring(0, MAX_MESSAGE);
  }

  private static String said(JsonNode error, String otherwise) {
    for (String key : List.of("message", "Message", "detail", "error")) {
      if (error.path(key).isTextual()) {
        return error.path(key).asText();
      }
    }
    return otherwise;
  }
}
