package io.sessionrouter.models;

import io.sessionrouter.domain.RouterException;

/** What was found for a request that names a model. */
public sealed interface ModelPlace permits LoadedModel, ModelPlace.Loading, ModelPlace.Nowhere {

  /** No member can serve the model, and none can load it now. */
  record Nowhere(RouterException why) implements ModelPlace {}

  /** The model is being loaded, and the request's waiter is called when that has ended. */
  non-sealed interface Loading extends ModelPlace {

    /** Waits no longer. The waiter may be under way to be called all the same. */
    void leave(Waiter waiter);
  }

  /** Who waits for a load; called once, on any thread, unless it left before. */
  interface Waiter {

    /**
     * The model is there.
     *
     * @param model a request was begun on it
     */
    void loaded(LoadedModel model);

    /** It could not be loaded. */
    void failed(RouterException why);
  }
}
