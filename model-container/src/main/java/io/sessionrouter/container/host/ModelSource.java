package io.sessionrouter.container.host;

import io.sessionrouter.container.session.Sessions;
import java.util.Collection;
import java.util.List;

/** Where the served model comes from. */
@FunctionalInterface
public interface ModelSource {
  /** The model, ready to serve; fails with the reason if it is not. */
  LoadedModel model();

  /** The sessions of every model there is; fails with the reason if none is ready to serve. */
  default Collection<Sessions> sessions() {
    return List.of(model().sessions());
  }
}
