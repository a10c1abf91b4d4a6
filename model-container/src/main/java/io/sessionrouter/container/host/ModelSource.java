package io.sessionrouter.container.host;

import io.sessionrouter.container.fault.Fault;

/** Where the served model comes from. */
@FunctionalInterface
public interface ModelSource {
  /** The model, ready to serve; fails with the reason if it is not. */
  LoadedModel model();

  /** Fails with the reason while this container cannot serve. */
  default void requireReady() {
    model();
  }

  /** The models that are loaded on demand; fails if this container serves one model only. */
  default LoadedModels models() {
    throw Fault.SINGLE_MODEL.because(
        "this container serves one model (expected: a start with model.multi.enabled=true)");
  }
}
