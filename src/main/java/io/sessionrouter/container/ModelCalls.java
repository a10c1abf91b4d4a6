package io.sessionrouter.container;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.tls.InstanceClients;
import io.sessionrouter.tls.InstanceTls;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Speaks the model part of the container contract over HTTP, on an event loop of its own choice and
 * never on that of a request.
 */
public final class ModelCalls implements ModelApi {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CONNECT_MILLIS = 1000;
  private static final int CONNECTIONS_PER_LOAD = 8;
  private static final long CALL_TIMEOUT_MILLIS = Duration.ofSeconds(5).toMillis();
  private static final long UNLOAD_TIMEOUT_MILLIS = Duration.ofSeconds(60).toMillis();
  private static final int MAX_BODY = 1024 * 1024;
  private static final int MAX_PAGES = 100;
  private static final int PAGE_SIZE = 100;

  private final Context context;
  private final Vertx vertx;
  private final InstanceClients clients;
  private boolean closed;

  public ModelCalls(Vertx vertx, InstanceTls tls) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.clients =
        new InstanceClients(
            vertx,
            tls,
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setConnectTimeout(CONNECT_MILLIS)
                .setKeepAlive(false),
            this::client);
  }

  private HttpClient client(HttpClientOptions options) {
    return vertx
        .httpClientBuilder()
        .with(options)
        .with(new PoolOptions().setHttp1MaxSize(MAX_LOADS * CONNECTIONS_PER_LOAD))
        .build();
  }

  /** On the event loop of the calls, when none of them can use the clients any more. */
  @Override
  public void close() {
    context.runOnContext(
        v -> {
          closed = true;
          clients.close();
        });
  }

  @Override
  public Future<Reply> load(Instance instance, Model model, long timeoutMillis) {
    String body =
        JSON.createObjectNode().put("model_name", model.name()).put("url", model.url()).toString();
    RequestOptions request =
        to(instance, HttpMethod.POST, ContainerContract.MODELS)
            .putHeader("Content-Type", "application/json");
    return call(instance, request, body, timeoutMillis).map(ModelCalls::reply);
  }

  private static Reply reply(Call.Answer answer) {
    return new Reply(answer.status(), answer.status() < 300 ? "" : ErrorText.of(answer.body()));
  }

  @Override
  public Future<Reply> unload(Instance instance, Model model) {
    return delete(instance, model);
  }

  /** Also only if nothing uses it: another replica may have loaded it meanwhile. */
  @Override
  public Future<Reply> discard(Instance instance, Model model) {
    return delete(instance, model);
  }

  private Future<Reply> delete(Instance instance, Model model) {
    RequestOptions request =
        to(instance, HttpMethod.DELETE, ContainerContract.model(model.name()))
            .putHeader("X-Session-Router-If-Idle", "true");
    return call(instance, request, "", UNLOAD_TIMEOUT_MILLIS).map(ModelCalls::reply);
  }

  @Override
  public Future<ModelState> state(Instance instance, Model model) {
    return call(
            instance,
            to(instance, HttpMethod.GET, ContainerContract.model(model.name())),
            "",
            CALL_TIMEOUT_MILLIS)
        .compose(ModelCalls::state)
        .otherwise(ModelState.UNKNOWN);
  }

  private static Future<ModelState> state(Call.Answer answer) {
    return switch (answer.status()) {
      case ContainerContract.OK ->
          read(answer).map(ModelDescription::state).otherwise(ModelState.UNSAID);
      case ContainerContract.NO_SUCH_REQUEST,
          ContainerContract.NOT_FOUND,
          ContainerContract.NO_SUCH_METHOD,
          ContainerContract.NOT_IMPLEMENTED ->
          Future.succeededFuture(ModelState.ABSENT);
      default -> Future.succeededFuture(ModelState.UNKNOWN);
    };
  }

  @Override
  public Future<List<Listed>> list(Instance instance) {
    return page(instance, "", new ArrayList<>(), 1);
  }

  private Future<List<Listed>> page(Instance instance, String token, List<Listed> all, int number) {
    String query =
        "?limit=" + PAGE_SIZE + (token.isEmpty() ? "" : "&next_page_token=" + encoded(token));
    return call(
            instance,
            to(instance, HttpMethod.GET, ContainerContract.MODELS + query),
            "",
            CALL_TIMEOUT_MILLIS)
        .compose(
            answer -> answer.status() == ContainerContract.OK ? read(answer) : unexpected(answer))
        .compose(
            page -> {
              addModels(page, all);
              String next = text(page, "nextPageToken");
              return next == null || next.isEmpty() || number == MAX_PAGES
                  ? Future.succeededFuture(all)
                  : page(instance, next, all, number + 1);
            });
  }

  private static Future<JsonNode> read(Call.Answer answer) {
    try {
      return Future.succeededFuture(JSON.readTree(answer.body().getBytes()));
    } catch (IOException notJson) {
      return Future.failedFuture(notJson);
    }
  }

  private static Future<JsonNode> unexpected(Call.Answer answer) {
    return Future.failedFuture("status " + answer.status());
  }

  private static void addModels(JsonNode page, List<Listed> all) {
    for (JsonNode model : page.path("models")) {
      String name = text(model, "modelName");
      if (name != null) {
        all.add(new Listed(name, text(model, "modelUrl")));
      }
    }
  }

  private static @Nullable String text(JsonNode of, String key) {
    JsonNode value = of.path(key);
    return value.isValueNode() && !value.isNull() ? value.asText() : null;
  }

  private static String encoded(String token) {
    return URLEncoder.encode(token, StandardCharsets.UTF_8);
  }

  private static RequestOptions to(Instance instance, HttpMethod method, String uri) {
    return new RequestOptions()
        .setMethod(method)
        .setHost(instance.host())
        .setPort(instance.port())
        .setSsl(instance.tls())
        .setURI(uri)
        .putHeader("User-Agent", "session-router");
  }

  private Future<Call.Answer> call(
      Instance instance, RequestOptions request, String body, long timeoutMillis) {
    Promise<Call.Answer> promise = Promise.promise();
    context.runOnContext(
        v -> {
          if (closed) {
            promise.fail("the router stops");
          } else {
            Call.ofWhole(vertx, clients, timeoutMillis, MAX_BODY)
                .send(instance, request, body)
                .onComplete(promise);
          }
        });
    return promise.future();
  }
}
