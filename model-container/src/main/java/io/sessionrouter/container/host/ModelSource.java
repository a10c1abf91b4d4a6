package io.sessionrouter.container.host;

/** What the container serves, once it is ready. */
@FunctionalInterface
public interface ModelSource {
  /** What is served; fails with the reason while nothing is. */
  Serving serving();
}
