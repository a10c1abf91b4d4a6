package io.sessionrouter.container.host;

/** Where the served model comes from. */
@FunctionalInterface
public interface ModelSource {
  /** The model, ready to serve; fails with the reason if it is not. */
  LoadedModel model();
}
