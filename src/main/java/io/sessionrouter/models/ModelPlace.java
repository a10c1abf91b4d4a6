package io.sessionrouter.models;

import io.sessionrouter.domain.RouterException;

/** What was found for a request that names a model. */
public sealed interface ModelPlace permits LoadedModel, ModelLoad, ModelPlace.Nowhere {

  /** No member can serve the model, and none can load it now. */
  record Nowhere(RouterException why) implements ModelPlace {}
}
