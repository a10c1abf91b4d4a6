package io.sessionrouter.models;

import io.sessionrouter.container.Model;
import io.sessionrouter.container.ModelApi.Listed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a container's list of models says of an endpoint. Of two routers' endpoints that share a
 * container each sees its own models only.
 */
final class ListedModels {
  private final String prefix;

  /**
   * What a list says.
   *
   * @param served the endpoint's models that serve
   * @param others how many names are none of them
   */
  record Content(List<Model> served, int others) {}

  /**
   * @param prefix where the endpoint's models lie
   */
  ListedModels(String prefix) {
    this.prefix = prefix;
  }

  Model model(String target) {
    return Model.of(prefix, target);
  }

  /** Those listed that are the endpoint's and not known to serve. */
  List<Model> unproven(MemberModels there, List<Listed> list) {
    List<Model> unproven = new ArrayList<>();
    for (Listed listed : list) {
      Model model = own(there, listed);
      if (model != null
          && there.get(model.target()) == null
          && !there.isMoving(model.name())
          && !there.isProven(model.name())) {
        unproven.add(model);
      }
    }
    return unproven;
  }

  Content content(MemberModels there, List<Listed> list) {
    List<Model> served = new ArrayList<>();
    int others = 0;
    for (Listed listed : list) {
      Model model = own(there, listed);
      if (model == null) {
        others++;
      } else if (!there.isMoving(model.name())) {
        if (there.get(model.target()) != null || there.isProven(model.name())) {
          served.add(model);
        } else {
          others++;
        }
      }
    }
    return new Content(served, others);
  }

  private @Nullable Model own(MemberModels there, Listed listed) {
    String url = listed.url();
    if (url == null || !url.startsWith(prefix + "/")) {
      return null;
    }
    String target = url.substring(prefix.length() + 1);
    LoadedModel known = there.get(target);
    Model model = known == null ? model(target) : known.model();
    return model.name().equals(listed.name()) ? model : null;
  }
}
