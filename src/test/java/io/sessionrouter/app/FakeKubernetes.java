package io.sessionrouter.app;

import io.sessionrouter.testing.TestCa;
import io.sessionrouter.testing.TestTls;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The EndpointSlices of one Service, listed and watched as at an API server: over TLS, by whom it
 * knows.
 */
final class FakeKubernetes implements AutoCloseable {
  static final String PATH = "/apis/discovery.k8s.io/v1/namespaces/models/endpointslices";

  /** Of the one service account that it knows. */
  static final String TOKEN = "the-token-of-the-router";

  /** An API server may end a watch at any time, and sends a bookmark shortly before. */
  private static final long WATCH_MILLIS = 1_500;

  private static final long BOOKMARK_BEFORE_END = 300;

  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;
  private final Map<String, JsonObject> slices = new LinkedHashMap<>();
  private final List<HttpServerResponse> watches = new ArrayList<>();
  private int version = 100;

  FakeKubernetes() {
    server =
        vertx
            .createHttpServer(tls())
            .requestHandler(this::answer)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  String url() {
    return "https://127.0.0.1:" + server.actualPort();
  }

  private static HttpServerOptions tls() {
    TestTls identity = TestTls.trustingNobody().as(TestCa.OURS.identity("127.0.0.1"));
    return new HttpServerOptions().setSsl(true).setKeyCertOptions(identity.getKeyStoreOptions());
  }

  /** A pod, alone in its slice because its port is its own. */
  synchronized void pod(String name, int port, boolean ready, boolean terminating) {
    JsonObject conditions =
        new JsonObject().put("ready", ready).put("serving", true).put("terminating", terminating);
    JsonObject endpoint =
        new JsonObject()
            .put("addresses", new JsonArray().add("127.0.0.1"))
            .put("conditions", conditions)
            .put("targetRef", pod(name, port));
    JsonObject slice =
        new JsonObject()
            .put("metadata", metadata().put("name", "chat-" + name))
            .put("addressType", "IPv4")
            .put("endpoints", new JsonArray().add(endpoint))
            .put("ports", new JsonArray().add(new JsonObject().put("name", "").put("port", port)));
    String type = slices.put(name, slice) == null ? "ADDED" : "MODIFIED";
    tell(type, slice);
  }

  private static JsonObject pod(String name, int port) {
    return new JsonObject().put("kind", "Pod").put("name", name).put("uid", name + "-" + port);
  }

  synchronized void remove(String name) {
    JsonObject slice = slices.remove(name);
    if (slice != null) {
      tell("DELETED", slice.copy().put("metadata", metadata().put("name", "chat-" + name)));
    }
  }

  private JsonObject metadata() {
    return new JsonObject().put("resourceVersion", String.valueOf(++version));
  }

  private void tell(String type, JsonObject slice) {
    String line = new JsonObject().put("type", type).put("object", slice).encode() + "\n";
    watches.forEach(watch -> watch.write(line));
  }

  private synchronized void bookmark(HttpServerResponse watch) {
    JsonObject seen = new JsonObject().put("resourceVersion", String.valueOf(version));
    JsonObject object = new JsonObject().put("metadata", seen);
    if (!watch.closed()) {
      watch.write(new JsonObject().put("type", "BOOKMARK").put("object", object).encode() + "\n");
    }
  }

  private synchronized void end(HttpServerResponse watch) {
    watches.remove(watch);
    if (!watch.closed()) {
      watch.end();
    }
  }

  private synchronized void answer(HttpServerRequest request) {
    if (!("Bearer " + TOKEN).equals(request.getHeader("Authorization"))) {
      request.response().setStatusCode(401).end("{\"message\":\"Unauthorized\"}");
    } else if (!request.path().equals(PATH)) {
      request.response().setStatusCode(404).end();
    } else if (request.getParam("watch") == null) {
      JsonObject list = new JsonObject().put("metadata", metadata());
      request
          .response()
          .end(list.put("items", new JsonArray(List.copyOf(slices.values()))).encode());
    } else if (!request.getParam("resourceVersion").equals(String.valueOf(version))) {
      request.response().setStatusCode(410).end("{\"message\":\"too old\"}");
    } else {
      request.response().setChunked(true).writeHead();
      watches.add(request.response());
      vertx.setTimer(WATCH_MILLIS - BOOKMARK_BEFORE_END, soon -> bookmark(request.response()));
      vertx.setTimer(WATCH_MILLIS, over -> end(request.response()));
    }
  }

  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
