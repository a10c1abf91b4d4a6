package io.sessionrouter.container.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.sessionrouter.container.config.ModelConfig;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.host.Drain;
import io.sessionrouter.container.host.LoadedModel;
import io.sessionrouter.container.host.ModelSource;
import io.sessionrouter.container.host.Serving;
import io.sessionrouter.container.telemetry.ContainerMetrics;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The paths of the container contract: {@code /ping}, {@code /invocations}, {@code /models}, and
 * OpenAI's.
 */
@ApplicationScoped
public class ContainerRoutes {
  /** Requests beyond the work's bound: bodies on their way in, and closes, which are not work. */
  private static final int SPARE = 64;

  private static final String DRAINING = "X-Session-Router-Draining";

  private final Identity identity;
  private final ModelSource source;
  private final Drain drain;
  private final Exchange.Limits limits;
  private final Invocations invocations;
  private final ContainerMetrics metrics;
  private final Admission arrivals;
  private final ModelRoutes models;
  private final Form form;
  private final OpenAiRoutes openAi;

  /** Routes to the model of this source. */
  public ContainerRoutes(
      ModelSource source, ModelConfig config, ContainerMetrics metrics, Drain drain) {
    this.identity = new Identity(BootId.random(), config.instanceName());
    this.source = source;
    this.drain = drain;
    this.metrics = metrics;
    this.limits =
        new Exchange.Limits(
            new BodyReader.Limits(
                config.maxBody().asLongValue(),
                "at most that, model.max-body",
                config.bodyTimeout()),
            config.requestTimeout(),
            config.streamTimeout(),
            config.streamStallTimeout());
    this.invocations = new Invocations(config, metrics, drain);
    this.arrivals = new Admission(config.maxConcurrency() + config.maxQueue() + SPARE);
    this.models = new ModelRoutes(source, identity, config.bodyTimeout(), metrics);
    this.form = new InvocationForm(config);
    this.openAi = new OpenAiRoutes(source, identity, config, this::invoke);
  }

  /** Adds the routes. */
  public void install(@Observes Router router) {
    router.route("/ping").handler(this::ping);
    router
        .route("/invocations")
        .handler(
            context ->
                invoke(
                    context, form, () -> ModelRoutes.only(source, "POST /models/{name}/invoke")));
    router
        .route("/models/:name/invoke")
        .handler(context -> invoke(context, form, () -> ModelRoutes.named(source, context)));
    models.install(router);
    openAi.install(router);
  }

  private void ping(RoutingContext context) {
    var response = new Response(context, identity);
    try {
      require(context, HttpMethod.GET);
      requireReady();
      var body = JsonNodeFactory.instance.objectNode().put("status", "ready");
      response.send(drain.begun() ? draining() : new Answer(200, Map.of(), body));
    } catch (FaultException unready) {
      response.send(Answer.error(unready));
    }
  }

  private void requireReady() {
    switch (source.serving()) {
      case Serving.Single one -> one.ready();
      case Serving.Many many -> {} // The engine has started, and no model need be loaded.
    }
  }

  /**
   * Not ready, so that Kubernetes sends nothing new; the header reports to routers that the
   * sessions are still there.
   */
  private static Answer draining() {
    var body = JsonNodeFactory.instance.objectNode().put("status", "draining");
    return new Answer(503, Map.of(DRAINING, "true"), body);
  }

  private void invoke(RoutingContext context, Form asked, Supplier<LoadedModel> target) {
    var response = new Response(context, identity);
    var record = new RequestRecord(metrics);
    try {
      require(context, HttpMethod.POST);
      // Before the body is here; its model is asked for again when it is.
      var _ = target.get();
      arrivals.enter();
      new Exchange(
              context,
              response,
              record,
              limits,
              asked,
              invocations,
              target,
              metrics,
              arrivals::leave)
          .begin();
    } catch (FaultException refused) {
      record.failed(refused.fault());
      response.refuse(asked.error(refused));
    }
  }

  static void require(RoutingContext context, HttpMethod method) {
    if (!context.request().method().equals(method)) {
      throw Fault.METHOD_NOT_ALLOWED.because(
          "the method of %s is %s (expected: %s)",
          context.request().path(), context.request().method(), method);
    }
  }
}
