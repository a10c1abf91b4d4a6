package io.sessionrouter.models;

import io.sessionrouter.container.ModelApi;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.fleet.PlacementRequest;
import io.sessionrouter.fleet.VariantFleet;
import io.sessionrouter.models.ModelPlace.Nowhere;
import io.sessionrouter.models.ModelPlace.Waiter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The loads under way on one endpoint, and those that failed lately. Thread-safe; holds its monitor
 * for moments only, and may take that of the {@link ModelDirectory} meanwhile, never the reverse.
 */
final class ModelLoads {
  private final ModelDirectory directory;
  private final InstantSource clock;
  private final LoadFailures failures;
  private final Set<ModelLoad> loads = new HashSet<>();

  /**
   * A load that has succeeded.
   *
   * @param waiters those who waited for it, and since when; a request of each is begun on the model
   */
  record Loaded(LoadedModel model, Map<Waiter, Long> waiters) {}

  ModelLoads(ModelDirectory directory, InstantSource clock) {
    this.directory = directory;
    this.clock = clock;
    this.failures = new LoadFailures(clock);
  }

  /**
   * What a request for a model comes to that no member serves as far as it has seen: a load, the
   * one under way or a new one, unless it failed lately or too many are under way.
   */
  synchronized ModelPlace place(
      EndpointFleet fleet, PlacementRequest work, String variant, String target, Waiter waiter) {
    LoadedModel holder = directory.holders().begunOn(fleet, target, variant, work);
    if (holder != null) {
      return holder;
    }
    RouterException failure = failures.of(variant, target);
    if (failure != null) {
      return new Nowhere(failure);
    }
    ModelLoad load = running(target, variant, work.tried());
    if (load == null) {
      if (isBusy(fleet)) {
        return new Nowhere(LoadErrors.busy(target));
      }
      load = new ModelLoad(directory.model(target), work, variant, false, clock.millis());
      loads.add(load);
    }
    load.join(waiter, clock.millis());
    return load;
  }

  /**
   * A load of the model on one more member.
   *
   * @return null where no member is left for it, one is under way, or too many are
   */
  synchronized @Nullable ModelLoad spread(
      EndpointFleet fleet, VariantFleet variant, PlacementRequest work, String target) {
    ModelLoad load =
        new ModelLoad(directory.model(target), work, variant.name(), true, clock.millis());
    if (isBusy(fleet)
        || running(target, variant.name(), List.of()) != null
        || !directory.mayLoad(load, variant.members())) {
      return null;
    }
    loads.add(load);
    return load;
  }

  private boolean isBusy(EndpointFleet fleet) {
    return loads.size() >= ModelApi.MAX_LOADS * fleet.members().size();
  }

  private @Nullable ModelLoad running(String target, String variant, Collection<Member> excluded) {
    for (ModelLoad load : loads) {
      if (load.model().target().equals(target) && load.serves(variant, excluded)) {
        return load;
      }
    }
    return null;
  }

  /** The load has brought the model to the member. */
  synchronized Loaded loaded(ModelLoad load, Member on) {
    Map<Waiter, Long> waiters = load.leaveAll();
    LoadedModel model = directory.loaded(load, on, waiters.size());
    loads.remove(load);
    failures.forget(load.variant(), load.model().target());
    return new Loaded(model, waiters);
  }

  /**
   * The load has failed.
   *
   * @param remembered how long requests for the model fail at once with the same failure; not at
   *     all where others serve it
   * @return those who wait for it
   */
  synchronized Collection<Waiter> failed(ModelLoad load, RouterException why, Duration remembered) {
    if (!load.spread()) {
      failures.remember(load.variant(), load.model().target(), why, remembered);
    }
    loads.remove(load);
    directory.leave(load);
    return load.leaveAll().keySet();
  }

  /** Whether a load of the model failed lately. */
  boolean failing(String variant, String target) {
    return failures.of(variant, target) != null;
  }
}
