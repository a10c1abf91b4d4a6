package io.sessionrouter.gateway;

import io.netty.handler.codec.http.HttpMethod;
import io.sessionrouter.auth.Action;
import io.sessionrouter.container.ContainerContract;
import io.sessionrouter.telemetry.OperationKind;
import org.jspecify.annotations.Nullable;

/** An operation of SageMaker Runtime that is served. */
enum Operation {
  /** {@code InvokeEndpoint}: the answer's bytes are the response's. */
  INVOKE(OperationKind.INVOKE, Action.INVOKE_ENDPOINT, null),
  /** {@code InvokeEndpointWithResponseStream}: the answer's bytes come as events. */
  RESPONSE_STREAM(OperationKind.RESPONSE_STREAM, Action.INVOKE_ENDPOINT_WITH_RESPONSE_STREAM, null),
  /** OpenAI's, passed on as it is, like those that follow. */
  CHAT_COMPLETIONS(
      OperationKind.CHAT_COMPLETIONS, Action.INVOKE_ENDPOINT, ContainerContract.CHAT_COMPLETIONS),
  COMPLETIONS(OperationKind.COMPLETIONS, Action.INVOKE_ENDPOINT, ContainerContract.COMPLETIONS),
  EMBEDDINGS(OperationKind.EMBEDDINGS, Action.INVOKE_ENDPOINT, ContainerContract.EMBEDDINGS),
  MODELS(OperationKind.MODELS, Action.INVOKE_ENDPOINT, ContainerContract.MODEL_NAMES);

  private final OperationKind kind;
  private final Action action;
  private final @Nullable String path;

  Operation(OperationKind kind, Action action, @Nullable String path) {
    this.kind = kind;
    this.action = action;
    this.path = path;
  }

  /** What grants call it. */
  Action action() {
    return action;
  }

  /** What metrics call it. */
  OperationKind kind() {
    return kind;
  }

  /** Whether the answer goes to the client in events of AWS's. */
  boolean inEvents() {
    return this == RESPONSE_STREAM;
  }

  /** Whether its clients are OpenAI's. */
  boolean isOpenAi() {
    return path != null;
  }

  /** Its path on a container, below that of the model if there are many; null for the usual one. */
  @Nullable String path() {
    return path;
  }

  /** Asking twice does no harm. */
  boolean isSafe() {
    return this == MODELS;
  }

  HttpMethod method() {
    return this == MODELS ? HttpMethod.GET : HttpMethod.POST;
  }
}
