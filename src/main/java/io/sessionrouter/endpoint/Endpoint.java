package io.sessionrouter.endpoint;

/**
 * An endpoint as it is at one moment.
 *
 * @param settings what is configured for it; the last ones, if it is configured no more
 */
public record Endpoint(EndpointSettings settings, EndpointPhase phase) {

  public String name() {
    return settings.name();
  }
}
