package io.sessionrouter.container.api;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sessionrouter.container.config.DeviceChoice;
import io.sessionrouter.container.config.ModelConfig;
import io.sessionrouter.container.config.TestConfig;
import io.sessionrouter.container.engine.TorchEngine;
import io.sessionrouter.container.host.Drain;
import io.sessionrouter.container.host.LoadedModel;
import io.sessionrouter.container.host.LoadedModels;
import io.sessionrouter.container.host.ModelSource;
import io.sessionrouter.container.host.Serving;
import io.sessionrouter.container.model.ModelFolder;
import io.sessionrouter.container.session.TestClock;
import io.sessionrouter.container.telemetry.ContainerMetrics;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The container's HTTP side with any model, any configuration and a clock that stands still. */
final class TestContainer implements AutoCloseable {
  static final Path FACTS = Path.of("models/facts");
  static final Path LLAMA = Path.of("src/test/resources/tiny-llama");
  private static final int SMALL = 4 * 1024;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Vertx VERTX = Vertx.vertx();

  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final TestClock clock = new TestClock();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  final Drain drain;
  private final ModelSource source;
  private final HttpServer server;
  private Runnable onClose = () -> {};

  /** What came back. */
  record Reply(HttpResponse<String> response, JsonNode body) {
    int status() {
      return response.statusCode();
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    String text() {
      return body.path("generated_text").asText();
    }

    int usage(String kind) {
      return body.path("usage").path(kind + "_tokens").asInt(-1);
    }

    String code() {
      return body.path("error").path("code").asText();
    }

    String message() {
      return body.path("error").path("message").asText();
    }

    /** The id in the session header, without its expiry. */
    String session() {
      return header(SessionHeader.NAME).split(";", -1)[0];
    }
  }

  private TestContainer(Loader loader, ModelConfig config) {
    this(loader, config, new SendBuffer()::customizeHttpServer, request -> {});
  }

  private TestContainer(
      Loader loader,
      ModelConfig config,
      Consumer<HttpServerOptions> buffers,
      Consumer<HttpServerRequest> first) {
    var metrics = new ContainerMetrics(meters);
    source = loader.load(config, clock, metrics);
    Router router = Router.router(VERTX);
    drain = new Drain(source, config);
    new ContainerRoutes(source, config, metrics, drain).install(router);
    var options = new HttpServerOptions();
    buffers.accept(options);
    var listening =
        VERTX
            .createHttpServer(options)
            .requestHandler(
                request -> {
                  first.accept(request);
                  router.handle(request);
                })
            .listen(0, "127.0.0.1");
    server = listening.toCompletionStage().toCompletableFuture().join();
  }

  private interface Loader {
    ModelSource load(ModelConfig config, TestClock clock, ContainerMetrics metrics);
  }

  /** Serves a model folder. */
  static TestContainer serving(Path folder, String... keysAndValues) {
    return closing(new TestContainer(single(folder), config(keysAndValues)));
  }

  /** The same, through buffers so small that one who does not read is felt after some tokens. */
  static TestContainer servingThroughSmallBuffers(Path folder, String... keysAndValues) {
    return closing(
        new TestContainer(
            single(folder),
            config(keysAndValues),
            options -> options.setSendBufferSize(SMALL),
            request -> request.response().setWriteQueueMaxSize(SMALL)));
  }

  private static Loader single(Path folder) {
    return (config, clock, metrics) -> {
      LoadedModel model = load(folder, config, clock, metrics);
      return () -> new Serving.Single(model);
    };
  }

  private static TestContainer closing(TestContainer container) {
    container.onClose = container.model()::close;
    return container;
  }

  /** Serves the models that a test loads. */
  static TestContainer servingMany(Path work, String... keysAndValues) {
    var keys =
        Stream.concat(
            Stream.of("model.multi.enabled", "true", "model.multi.work-dir", work.toString()),
            Stream.of(keysAndValues));
    var container =
        new TestContainer(
            (config, clock, metrics) -> {
              var engine = TorchEngine.start(DeviceChoice.CPU, 1);
              var models = new LoadedModels(config, engine, clock, metrics);
              return () -> new Serving.Many(models);
            },
            config(keys.toArray(String[]::new)));
    container.onClose = container.models()::close;
    return container;
  }

  /** Serves whatever this source gives. */
  static TestContainer serving(ModelSource source, String... keysAndValues) {
    return new TestContainer((config, clock, metrics) -> source, config(keysAndValues));
  }

  private static LoadedModel load(
      Path folder, ModelConfig config, TestClock clock, ContainerMetrics metrics) {
    try {
      return LoadedModel.load(ModelFolder.open(folder), config, clock, metrics);
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  private static ModelConfig config(String... keysAndValues) {
    var keys = new HashMap<>(Map.of("model.device", "cpu", "model.session-memory", "256M"));
    for (int i = 0; i < keysAndValues.length; i += 2) {
      keys.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return TestConfig.of(keys);
  }

  /** Stops the models while the server still answers, as a shutdown does. */
  void stopModels() {
    models().close();
  }

  LoadedModel model() {
    return switch (source.serving()) {
      case Serving.Single(LoadedModel model) -> model;
      case Serving.Many many -> throw new IllegalStateException("it serves many models");
    };
  }

  private LoadedModels models() {
    return ModelRoutes.models(source);
  }

  int port() {
    return server.actualPort();
  }

  /** How much a counter with these tags has counted, 0 if there is none yet. */
  double counted(String name, String... tags) {
    return meters.find("model_container_" + name).tags(tags).counters().stream()
        .mapToDouble(Counter::count)
        .sum();
  }

  double gauge(String name) {
    return meters.get("model_container_" + name).gauge().value();
  }

  Reply open(String inputs) {
    return invoke("NEW_SESSION", inputs.isEmpty() ? "{}" : body(inputs));
  }

  Reply say(String session, String inputs) {
    return invoke(session, body(inputs));
  }

  Reply close(String session) {
    return invoke(session, "{\"requestType\":\"CLOSE\"}");
  }

  Reply stateless(String inputs) {
    return invoke("", body(inputs));
  }

  /** A body with these inputs and parameters, given as JSON. */
  static String body(String inputs, String... parameters) {
    ObjectNode body = JSON.createObjectNode().put("inputs", inputs);
    if (parameters.length > 0) {
      body.set("parameters", json(String.join(",", parameters)));
    }
    return body.toString();
  }

  /**
   * The bundled model with an end that it never says: its replies are as long as they may be, so
   * that a test has time to act while one runs.
   */
  static Path endlessFacts() {
    try {
      Path folder = Files.createDirectories(Path.of("target/endless-facts"));
      for (String name : List.of("model.pt", "words.txt")) {
        Files.copy(FACTS.resolve(name), folder.resolve(name), REPLACE_EXISTING);
      }
      var manifest = (ObjectNode) JSON.readTree(FACTS.resolve("model.json").toFile());
      manifest.withObject("/chat").set("end", JSON.createArrayNode().add(0));
      Files.writeString(folder.resolve("model.json"), manifest.toString());
      return folder;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** A body that asks for so many tokens. */
  static String longReply(String inputs, int tokens) {
    return body(inputs, "{\"max_new_tokens\":%d}".formatted(tokens));
  }

  /** With header names and values besides. */
  Reply invoke(String session, String body, String... headers) {
    return invokeAsync(session, body, headers).join();
  }

  CompletableFuture<Reply> invokeAsync(String session, String body, String... headers) {
    return postAsync("invocations", session, body, headers);
  }

  /** Asks one of several models. */
  Reply ask(String model, String session, String body) {
    return postAsync("models/" + model + "/invoke", session, body).join();
  }

  /** Loads a model. */
  CompletableFuture<Reply> loadAsync(String name, String url) {
    String body = JSON.createObjectNode().put("model_name", name).put("url", url).toString();
    return postAsync("models", "", body);
  }

  Reply load(String name, String url) {
    return loadAsync(name, url).join();
  }

  CompletableFuture<Reply> postAsync(String path, String session, String body, String... headers) {
    var request = request(path).POST(BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    if (!session.isEmpty()) {
      request.header(SessionHeader.NAME, session);
    }
    return http.sendAsync(request.build(), BodyHandlers.ofString()).thenApply(TestContainer::reply);
  }

  /** With header names and values besides. */
  Reply send(String method, String path, String... headers) {
    var request = request(path).method(method, BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return reply(http.send(request.build(), BodyHandlers.ofString()));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/%s".formatted(port(), path)));
  }

  private static Reply reply(HttpResponse<String> response) {
    return new Reply(response, json(response.body()));
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException notJson) {
      throw new AssertionError("no JSON: " + text, notJson);
    }
  }

  @Override
  public void close() {
    server.close().toCompletionStage().toCompletableFuture().join();
    onClose.run();
  }
}
