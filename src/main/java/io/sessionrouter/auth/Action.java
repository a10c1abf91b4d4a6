package io.sessionrouter.auth;

/**
 * What this router lets callers do. Grants name actions by patterns, so that they may also name
 * those of other services.
 */
public enum Action {
  INVOKE_ENDPOINT("sagemaker:InvokeEndpoint"),
  INVOKE_ENDPOINT_WITH_RESPONSE_STREAM("sagemaker:InvokeEndpointWithResponseStream"),
  /** Lists and shows one's own sessions. */
  READ_SESSIONS("router:ReadSessions"),
  /** Closes one's own sessions from the management port. */
  CLOSE_SESSIONS("router:CloseSessions"),
  /** Extends what may be done with one's own sessions to those of others. */
  READ_ANY_SESSION("router:ReadAnySession"),
  READ_FLEET("router:ReadFleet"),
  DRAIN("router:Drain"),
  UNLOAD_MODELS("router:UnloadModels"),
  READ_CONFIGURATION("router:ReadConfiguration"),
  READ_METRICS("router:ReadMetrics");

  private final String label;

  Action(String label) {
    this.label = label;
  }

  /** As grants and refusals name it. */
  public String label() {
    return label;
  }
}
