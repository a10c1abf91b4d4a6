package io.sessionrouter.container.host;

import io.sessionrouter.container.fault.Fault;
import java.util.List;

/** What a container serves: one model, or many that it loads on demand. */
public sealed interface Serving {
  /** One model. */
  record Single(LoadedModel model) implements Serving {
    /** The model; fails with the reason if it computes no more. */
    public LoadedModel ready() {
      if (!model.alive()) {
        throw Fault.NOT_READY.because("the engine has failed; the container must be restarted");
      }
      return model;
    }
  }

  /** Many models, none of which need be loaded. */
  record Many(LoadedModels models) implements Serving {}

  /** The models that hold sessions and run requests now. */
  default List<LoadedModel> loaded() {
    return switch (this) {
      case Single(LoadedModel model) -> model.alive() ? List.of(model) : List.of();
      case Many(LoadedModels models) -> models.list().stream().map(ManagedModel::model).toList();
    };
  }
}
