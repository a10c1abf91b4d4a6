package io.sessionrouter.container.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sessionrouter.container.api.OpenAiReply.Kind;
import io.sessionrouter.container.config.ModelConfig;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.host.LoadedModel;
import io.sessionrouter.container.host.LoadedModels;
import io.sessionrouter.container.host.ManagedModel;
import io.sessionrouter.container.host.ModelSource;
import io.sessionrouter.container.host.Serving;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * OpenAI's paths: of the only model, and of each of many below its own path. A session is named by
 * the same header as elsewhere.
 */
final class OpenAiRoutes {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** What clients of a router call the model, whose own name is opaque. */
  private static final String TARGET = "X-Amzn-SageMaker-Target-Model";

  private final ModelSource source;
  private final Identity identity;
  private final ModelConfig config;
  private final Asking asking;

  /** How a model is asked. */
  interface Asking {
    void ask(RoutingContext context, Form form, Supplier<LoadedModel> target);
  }

  OpenAiRoutes(ModelSource source, Identity identity, ModelConfig config, Asking asking) {
    this.source = source;
    this.identity = identity;
    this.config = config;
    this.asking = asking;
  }

  void install(Router router) {
    router.route("/v1/chat/completions").handler(context -> ask(context, Kind.CHAT));
    router.route("/v1/completions").handler(context -> ask(context, Kind.TEXT));
    router.route("/v1/embeddings").handler(this::refuseEmbeddings);
    router.route("/v1/models").handler(context -> answer(context, this::models));
    router
        .route("/models/:name/v1/chat/completions")
        .handler(context -> askNamed(context, Kind.CHAT));
    router.route("/models/:name/v1/completions").handler(context -> askNamed(context, Kind.TEXT));
    router.route("/models/:name/v1/embeddings").handler(this::refuseEmbeddings);
    router.route("/models/:name/v1/models").handler(context -> answer(context, this::model));
  }

  private void ask(RoutingContext context, Kind kind) {
    asking.ask(
        context,
        form(kind, this::names),
        () -> ModelRoutes.only(source, "POST /models/{name}" + context.request().path()));
  }

  private void askNamed(RoutingContext context, Kind kind) {
    asking.ask(
        context,
        form(kind, model -> names(context, model)),
        () -> ModelRoutes.named(source, context));
  }

  private Form form(Kind kind, OpenAiForm.Names names) {
    return new OpenAiForm(
        kind, names, Math.max(1, config.maxNewTokens()), config.strictParameters());
  }

  private List<String> names(LoadedModel only) {
    return config.servedNames().orElseGet(() -> List.of(only.name()));
  }

  private static List<String> names(RoutingContext context, LoadedModel named) {
    String target = context.request().getHeader(TARGET);
    return target == null ? List.of(named.name()) : List.of(target, named.name());
  }

  private void refuseEmbeddings(RoutingContext context) {
    var failure =
        Fault.INVALID_REQUEST.because(
            "the model does not support embeddings (expected: chat/completions or completions)");
    new Response(context, identity).refuse(OpenAiErrors.answer(failure));
  }

  private void answer(RoutingContext context, Function<RoutingContext, ObjectNode> body) {
    var response = new Response(context, identity);
    try {
      ContainerRoutes.require(context, HttpMethod.GET);
      response.send(new Answer(200, Map.of(), body.apply(context)));
    } catch (FaultException refused) {
      response.refuse(OpenAiErrors.answer(refused));
    }
  }

  private ObjectNode models(RoutingContext context) {
    ArrayNode list = JSON.arrayNode();
    switch (source.serving()) {
      case Serving.Single one -> {
        LoadedModel model = one.ready();
        names(model).forEach(name -> list.add(card(name, model)));
      }
      case Serving.Many(LoadedModels many) -> {
        for (ManagedModel each : many.list()) {
          list.add(card(each.name(), each.model()));
        }
      }
    }
    return list(list);
  }

  private ObjectNode model(RoutingContext context) {
    LoadedModel model = ModelRoutes.named(source, context);
    return list(JSON.arrayNode().add(card(names(context, model).getFirst(), model)));
  }

  private static ObjectNode list(ArrayNode data) {
    return JSON.objectNode().put("object", "list").set("data", data);
  }

  private static ObjectNode card(String name, LoadedModel model) {
    return JSON.objectNode()
        .put("id", name)
        .put("object", "model")
        .put("created", model.loadedAt().getEpochSecond())
        .put("owned_by", "session-router")
        .put("max_model_len", model.contextLength());
  }
}
