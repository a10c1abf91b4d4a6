package io.sessionrouter.models;

import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.PlacementRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Which members of an endpoint serve which model: published, and read without a lock. */
final class ModelHolders {
  private final Map<String, List<LoadedModel>> holders = new ConcurrentHashMap<>();

  /** Those that have the model; cheap, immutable. */
  List<LoadedModel> of(String target) {
    return holders.getOrDefault(target, List.of());
  }

  /** The best holder, with a request begun on it; null if no member has the model. */
  @Nullable LoadedModel begunOn(
      EndpointFleet fleet, String target, String variant, PlacementRequest work) {
    LoadedModel best = best(fleet, target, variant, work);
    while (best != null && !best.begin()) {
      best = best(fleet, target, variant, work);
    }
    return best;
  }

  @Nullable LoadedModel best(
      EndpointFleet fleet, String target, String variant, PlacementRequest work) {
    List<LoadedModel> all = of(target);
    LoadedModel best = null;
    for (int i = 0; i < all.size(); i++) {
      LoadedModel one = all.get(i);
      if (one.open()
          && one.instance().variant().equals(variant)
          && fleet.member(one.instance().id()) == one.member()
          && work.fits(one.member())
          && (best == null || work.prefers(one.member(), best.member()))) {
        best = one;
      }
    }
    return best;
  }

  void publish(LoadedModel held) {
    holders.merge(
        held.target(),
        List.of(held),
        (before, more) -> {
          List<LoadedModel> all = new ArrayList<>(before);
          all.removeIf(other -> other.member() == held.member());
          all.add(held);
          return List.copyOf(all);
        });
  }

  void withdraw(LoadedModel gone) {
    holders.computeIfPresent(
        gone.target(),
        (target, all) -> {
          List<LoadedModel> rest = all.stream().filter(other -> other != gone).toList();
          return rest.isEmpty() ? null : rest;
        });
  }
}
