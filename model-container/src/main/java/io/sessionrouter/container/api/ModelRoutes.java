package io.sessionrouter.container.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.host.LoadedModel;
import io.sessionrouter.container.host.LoadedModels;
import io.sessionrouter.container.host.ManagedModel;
import io.sessionrouter.container.host.ModelSource;
import io.sessionrouter.container.host.Serving;
import io.sessionrouter.container.telemetry.ContainerMetrics;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/** The paths that load, list, show and unload models. */
final class ModelRoutes {
  /** Requests that may wait for a load or an unload; the loads themselves are bounded elsewhere. */
  private static final int MOST = 256;

  /** Sent by routers that make room: what another router put to use meanwhile must stay. */
  private static final String IF_IDLE = "X-Session-Router-If-Idle";

  private final ModelSource source;
  private final Identity identity;
  private final Duration bodyTimeout;
  private final Admission admission = new Admission(MOST);

  /** What a request asks of the models. */
  private interface Request {
    Answer answer(LoadedModels models, byte[] body) throws InterruptedException;
  }

  ModelRoutes(
      ModelSource source, Identity identity, Duration bodyTimeout, ContainerMetrics metrics) {
    this.source = source;
    this.identity = identity;
    this.bodyTimeout = bodyTimeout;
    metrics.gauge("model_calls", "Requests to load, unload or list models", admission::inside);
  }

  /** The models of a container that loads them on demand; fails if it serves one only. */
  static LoadedModels models(ModelSource source) {
    return switch (source.serving()) {
      case Serving.Many(LoadedModels models) -> models;
      case Serving.Single one ->
          throw Fault.SINGLE_MODEL.because(
              "this container serves one model (expected: a start with model.multi.enabled=true)");
    };
  }

  /**
   * The model of a container that serves one only.
   *
   * @param expected what to ask of a container that serves many
   */
  static LoadedModel only(ModelSource source, String expected) {
    return switch (source.serving()) {
      case Serving.Single one -> one.ready();
      case Serving.Many many ->
          throw Fault.INVALID_REQUEST.because(
              "this container serves many models (expected: %s)", expected);
    };
  }

  /** The model that the request's path names. */
  static LoadedModel named(ModelSource source, RoutingContext context) {
    return models(source).serving(name(context));
  }

  void install(Router router) {
    router.route("/models").handler(context -> handle(context, ofAll(context)));
    router.route("/models/:name").handler(context -> handle(context, ofOne(context)));
  }

  private static Request ofAll(RoutingContext context) {
    return switch (context.request().method().name()) {
      case "GET" -> (models, body) -> answer(ModelPage.of(context).answer(models.list()));
      case "POST" -> (models, body) -> load(models, LoadRequest.read(body));
      default -> (models, body) -> refuse(context, "GET or POST");
    };
  }

  /** The model's name, which every path below {@code /models/} has. */
  static String name(RoutingContext context) {
    return Objects.requireNonNull(context.pathParam("name"));
  }

  private static Request ofOne(RoutingContext context) {
    String name = name(context);
    return switch (context.request().method().name()) {
      case "GET" -> (models, body) -> answer(ModelAnswers.full(models.get(name)));
      case "DELETE" -> (models, body) -> unload(models, name, onlyIfIdle(context));
      default -> (models, body) -> refuse(context, "GET or DELETE");
    };
  }

  private static Answer load(LoadedModels models, LoadRequest request) throws InterruptedException {
    ManagedModel loaded = models.load(request.name(), request.url());
    return answer(ModelAnswers.full(loaded));
  }

  private static boolean onlyIfIdle(RoutingContext context) {
    return Boolean.parseBoolean(context.request().getHeader(IF_IDLE));
  }

  private static Answer unload(LoadedModels models, String name, boolean onlyIfIdle)
      throws InterruptedException {
    if (onlyIfIdle) {
      models.unloadIfIdle(name);
    } else {
      models.unload(name);
    }
    return answer(ModelAnswers.unloaded(name));
  }

  private static Answer answer(ObjectNode body) {
    return new Answer(200, Map.of(), body);
  }

  private static Answer refuse(RoutingContext context, String expected) {
    throw Fault.METHOD_NOT_ALLOWED.because(
        "the method of %s is %s (expected: %s)",
        context.request().path(), context.request().method(), expected);
  }

  private void handle(RoutingContext context, Request request) {
    var response = new Response(context, identity);
    try {
      LoadedModels models = models(source);
      admission.enter();
      new ModelExchange(
              context,
              response,
              bodyTimeout,
              body -> request.answer(models, body),
              admission::leave)
          .begin();
    } catch (FaultException refused) {
      response.refuse(Answer.error(refused));
    }
  }
}
