package io.sessionrouter.container.api;

import io.vertx.core.MultiMap;
import java.util.Optional;

/**
 * Who answers, as every answer reports it.
 *
 * @param bootId of this run of the container
 * @param name of the container, for clients; nothing is reported without
 */
record Identity(String bootId, Optional<String> name) {
  /** What the container contract has for whatever a container wants its clients to know. */
  static final String ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes";

  void addTo(MultiMap headers) {
    headers.set(BootId.HEADER, bootId);
    name.ifPresent(known -> headers.set(ATTRIBUTES, "instance=" + known));
  }
}
