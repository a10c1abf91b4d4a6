package io.sessionrouter.gateway;

import io.sessionrouter.telemetry.OperationKind;

/** An operation of SageMaker Runtime that is served. */
enum Operation {
  /** {@code InvokeEndpoint}: the answer's bytes are the response's. */
  INVOKE(OperationKind.INVOKE),
  /** {@code InvokeEndpointWithResponseStream}: the answer's bytes come as events. */
  RESPONSE_STREAM(OperationKind.RESPONSE_STREAM);

  private final OperationKind kind;

  Operation(OperationKind kind) {
    this.kind = kind;
  }

  /** What metrics call it. */
  OperationKind kind() {
    return kind;
  }
}
