package io.sessionrouter.gateway;

/** An operation of SageMaker Runtime that is served. */
enum Operation {
  /** {@code InvokeEndpoint}: the answer's bytes are the response's. */
  INVOKE,
  /** {@code InvokeEndpointWithResponseStream}: the answer's bytes come as events. */
  RESPONSE_STREAM
}
