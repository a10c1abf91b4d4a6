package io.sessionrouter.container.host;

import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.session.Sessions;
import java.util.Collection;
import java.util.List;

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

  /** Requests under way. */
  default int requests() {
    return model().requests();
  }

  /** The sessions of every model there is; fails with the reason if none is ready to serve. */
  default Collection<Sessions> sessions() {
    return List.of(model().sessions());
  }
}
