package io.sessionrouter.fleet.discovery;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.parsetools.RecordParser;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lists and watches the EndpointSlices of one Service, or other objects of one kind. Used on one
 * event loop; everything it reads is bounded.
 */
final class SliceApi {
  /** A slice has at most 1000 endpoints, of some 500 bytes each. */
  static final int MAX_LINE = 4 * 1024 * 1024;

  private static final int MAX_BODY = 32 * 1024 * 1024;
  private static final int MAX_OBJECTS = 5_000;
  private static final int PAGE_SIZE = 50;
  private static final int OK = 200;

  private final Vertx vertx;
  private final ApiServer server;
  private final HttpClient client;
  private final String path;
  private final Pace pace;

  SliceApi(Vertx vertx, ApiServer server, Target target, Pace pace) {
    this(
        vertx,
        server,
        "/apis/discovery.k8s.io/v1/namespaces/"
            + target.namespace()
            + "/endpointslices?labelSelector="
            + encoded("kubernetes.io/service-name=" + target.service()),
        pace);
  }

  /**
   * @param path of the objects, with a query
   */
  SliceApi(Vertx vertx, ApiServer server, String path, Pace pace) {
    this.vertx = vertx;
    this.server = server;
    this.client = server.newClient();
    this.path = path;
    this.pace = pace;
  }

  /** All objects as of one version. */
  record Listing<T>(List<T> objects, String resourceVersion) {}

  void close() {
    client.close();
  }

  /**
   * @param read takes what is needed of each object
   */
  <T> Future<Listing<T>> list(Function<JsonObject, T> read) {
    return page(new ArrayList<>(), read, null);
  }

  /**
   * Watches until the API server ends the watch, which it does after a while.
   *
   * @param begun called once the watch is accepted
   * @param onLine called for every line, an event; what it throws ends the watch
   * @return fails if the watch broke, with {@link ApiFailure} if the API server said why
   */
  Future<Void> watch(String resourceVersion, Runnable begun, Consumer<Buffer> onLine) {
    String uri =
        path
            + "&watch=true&allowWatchBookmarks=true&timeoutSeconds="
            + Math.max(1, pace.watch().toSeconds())
            + "&resourceVersion="
            + encoded(resourceVersion);
    return send(uri)
        .compose(
            response -> {
              if (response.statusCode() != OK) {
                return refused(response);
              }
              begun.run();
              return lines(response, onLine);
            });
  }

  private <T> Future<Listing<T>> page(
      List<T> before, Function<JsonObject, T> read, @Nullable String continuation) {
    String uri = path + "&limit=" + PAGE_SIZE;
    String next = continuation == null ? uri : uri + "&continue=" + encoded(continuation);
    return send(next).compose(this::body).compose(list -> took(before, read, list));
  }

  private <T> Future<Listing<T>> took(
      List<T> objects, Function<JsonObject, T> read, JsonObject list) {
    JsonArray items = list.getJsonArray("items", new JsonArray());
    for (int i = 0; i < items.size(); i++) {
      objects.add(read.apply(items.getJsonObject(i)));
    }
    if (objects.size() > MAX_OBJECTS) {
      throw ApiFailure.unreadable("more than " + MAX_OBJECTS + " objects");
    }
    JsonObject metadata = Slice.metadata(list);
    String continuation = metadata.getString("continue", "");
    String version = metadata.getString("resourceVersion", "");
    if (!continuation.isEmpty()) {
      return page(objects, read, continuation);
    }
    return version.isEmpty()
        ? Future.failedFuture(ApiFailure.unreadable("a list without a resource version"))
        : Future.succeededFuture(new Listing<>(List.copyOf(objects), version));
  }

  private Future<HttpClientResponse> send(String uri) {
    Promise<HttpClientResponse> answered = Promise.promise();
    server
        .get(uri)
        .compose(options -> client.request(options))
        .onFailure(answered::tryFail)
        .onSuccess(request -> send(request, answered));
    return answered.future();
  }

  private void send(HttpClientRequest request, Promise<HttpClientResponse> answered) {
    long timer =
        vertx.setTimer(
            pace.answer().toMillis(),
            late -> {
              answered.tryFail(ApiFailure.late("no answer within " + pace.answer()));
              request.reset();
            });
    answered.future().onComplete(done -> vertx.cancelTimer(timer));
    request
        .send()
        .onSuccess(HttpClientResponse::pause)
        .onSuccess(answered::tryComplete)
        .onFailure(answered::tryFail);
  }

  private Future<JsonObject> body(HttpClientResponse response) {
    return bytes(response)
        .compose(
            body ->
                response.statusCode() == OK
                    ? Future.succeededFuture(json(body))
                    : Future.failedFuture(ApiFailure.ofResponse(response.statusCode(), body)));
  }

  private <T> Future<T> refused(HttpClientResponse response) {
    return bytes(response)
        .compose(body -> Future.failedFuture(ApiFailure.ofResponse(response.statusCode(), body)));
  }

  private Future<Buffer> bytes(HttpClientResponse response) {
    Promise<Buffer> whole = Promise.promise();
    Buffer body = Buffer.buffer();
    long timer =
        vertx.setTimer(
            pace.answer().toMillis(),
            late -> end(response, whole, ApiFailure.late("the answer takes too long")));
    response.exceptionHandler(whole::tryFail);
    response.endHandler(end -> whole.tryComplete(body));
    response.handler(
        part -> {
          body.appendBuffer(part);
          if (body.length() > MAX_BODY) {
            end(
                response,
                whole,
                ApiFailure.unreadable("an answer of more than " + MAX_BODY + " bytes"));
          }
        });
    response.resume();
    return whole.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  private Future<Void> lines(HttpClientResponse response, Consumer<Buffer> onLine) {
    Promise<Void> ended = Promise.promise();
    long timer =
        vertx.setTimer(
            pace.watch().plus(pace.grace()).toMillis(),
            silent -> end(response, ended, ApiFailure.late("the watch does not end")));
    RecordParser parser = RecordParser.newDelimited("\n", response).maxRecordSize(MAX_LINE);
    parser.exceptionHandler(why -> end(response, ended, why));
    parser.endHandler(end -> ended.tryComplete());
    parser.handler(
        line -> {
          try {
            if (!ended.future().isComplete() && line.length() > 0) {
              onLine.accept(line);
            }
          } catch (RuntimeException why) {
            end(response, ended, why);
          }
        });
    response.resume();
    return ended.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  /** Before the stream is reset, so that the reason is what is reported. */
  private static <T> void end(HttpClientResponse response, Promise<T> promise, Throwable why) {
    if (promise.tryFail(why)) {
      response.request().reset();
    }
  }

  private static JsonObject json(Buffer body) {
    try {
      return new JsonObject(body);
    } catch (DecodeException e) {
      throw ApiFailure.unreadable("the answer is not JSON: " + e.getMessage());
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
