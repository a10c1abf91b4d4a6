package io.sessionrouter.models;

import io.sessionrouter.container.ModelApi;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.endpoint.ModelsSettings;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.fleet.PlacementRequest;
import io.sessionrouter.fleet.VariantFleet;
import io.sessionrouter.fleet.WeightedPlacement;
import io.sessionrouter.models.ModelPlace.Nowhere;
import io.sessionrouter.models.ModelPlace.Waiter;
import io.sessionrouter.telemetry.ModelMeters;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The models of one endpoint: finds members for requests, and keeps the loads under way.
 *
 * <p>A request for a model that is loaded takes no lock; loads change under the monitor of the
 * {@link ModelDirectory}.
 */
public final class EndpointModels {
  /** Between two looks whether a busy model could be loaded on one more member. */
  private static final Duration SPREAD_PAUSE = Duration.ofSeconds(1);

  private final String endpoint;
  private final ModelDirectory directory;
  private final @Nullable Integer spreadAt;
  private final WeightedPlacement placement;
  private final ModelMeters meters;
  private final InstantSource clock;
  private final Consumer<ModelLoad> begin;
  private final LoadFailures failures;
  private final LoadFailures pausedSpreads;
  private final Set<ModelLoad> loads = new HashSet<>();

  /**
   * @param begin is told of loads that are to begin
   */
  EndpointModels(
      String endpoint,
      ModelsSettings settings,
      ModelDirectory directory,
      WeightedPlacement placement,
      ModelMeters meters,
      InstantSource clock,
      Consumer<ModelLoad> begin) {
    this.endpoint = endpoint;
    this.directory = directory;
    this.spreadAt = settings.spreadAt();
    this.placement = placement;
    this.meters = meters;
    this.clock = clock;
    this.begin = begin;
    this.failures = new LoadFailures(clock);
    this.pausedSpreads = new LoadFailures(clock);
  }

  // For requests

  ModelPlace find(
      EndpointFleet fleet,
      @Nullable String variant,
      boolean opens,
      Collection<Member> tried,
      String target,
      Waiter waiter) {
    PlacementRequest work = work(fleet, variant, opens, tried);
    VariantFleet chosen = placement.variant(fleet, variant, work);
    if (chosen == null) {
      return new Nowhere(placement.refusal(fleet, variant, opens));
    }
    LoadedModel holder = begunOn(fleet, target, chosen.name(), work);
    if (holder == null) {
      return load(fleet, chosen.name(), work.kept(), target, waiter);
    }
    if (spreadAt != null && holder.inFlight() > spreadAt) {
      considerSpread(fleet, chosen, work, target, spreadAt);
    }
    return holder;
  }

  private PlacementRequest work(
      EndpointFleet fleet, @Nullable String variant, boolean opens, Collection<Member> tried) {
    PlacementRequest work = placement.work(fleet, opens, tried);
    return placement.hasRoom(fleet, variant, work)
            || !placement.hasRoom(fleet, variant, work.inPanic())
        ? work
        : work.inPanic();
  }

  /** The best holder, with a request begun on it; null if no member has the model. */
  private @Nullable LoadedModel begunOn(
      EndpointFleet fleet, String target, String variant, PlacementRequest work) {
    LoadedModel best = best(fleet, target, variant, work);
    while (best != null && !best.begin()) {
      best = best(fleet, target, variant, work);
    }
    return best;
  }

  private @Nullable LoadedModel best(
      EndpointFleet fleet, String target, String variant, PlacementRequest work) {
    List<LoadedModel> all = directory.holders(target);
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

  private ModelPlace load(
      EndpointFleet fleet, String variant, PlacementRequest work, String target, Waiter waiter) {
    ModelLoad load;
    synchronized (directory) {
      LoadedModel holder = begunOn(fleet, target, variant, work);
      if (holder != null) {
        return holder;
      }
      RouterException failure = failures.of(variant, target);
      if (failure != null) {
        return new Nowhere(failure);
      }
      ModelLoad running = running(target, variant, work.tried());
      if (running != null) {
        running.join(waiter, clock.millis());
        return running;
      }
      if (loads.size() >= ModelApi.MAX_LOADS * fleet.members().size()) {
        return new Nowhere(LoadErrors.busy(target));
      }
      load = new ModelLoad(directory.model(target), work, variant, false, clock.millis());
      load.join(waiter, clock.millis());
      loads.add(load);
    }
    begin.accept(load);
    return load;
  }

  private @Nullable ModelLoad running(String target, String variant, Collection<Member> excluded) {
    for (ModelLoad load : loads) {
      if (load.model().target().equals(target) && load.serves(variant, excluded)) {
        return load;
      }
    }
    return null;
  }

  /** Loads the model on one more member, if it is busy on all that have it. */
  private void considerSpread(
      EndpointFleet fleet, VariantFleet variant, PlacementRequest work, String target, int busyAt) {
    if (pausedSpreads.of(variant.name(), target) != null) {
      return;
    }
    List<LoadedModel> all = directory.holders(target);
    boolean busy =
        all.stream()
            .filter(h -> h.instance().variant().equals(variant.name()) && work.fits(h.member()))
            .allMatch(h -> h.inFlight() >= busyAt);
    if (busy) {
      pausedSpreads.remember(variant.name(), target, LoadErrors.busy(target), SPREAD_PAUSE);
      spread(fleet, variant, work.kept(), target);
    }
  }

  private void spread(
      EndpointFleet fleet, VariantFleet variant, PlacementRequest work, String target) {
    ModelLoad load =
        new ModelLoad(directory.model(target), work, variant.name(), true, clock.millis());
    synchronized (directory) {
      boolean others = variant.members().stream().anyMatch(m -> mayLoad(load, m));
      if (!others
          || running(target, variant.name(), List.of()) != null
          || loads.size() >= ModelApi.MAX_LOADS * fleet.members().size()) {
        return;
      }
      loads.add(load);
    }
    begin.accept(load);
  }

  /** For a session's request: its model on its member, whether or not we know that it is there. */
  LoadedModel begunOn(Member member, String target) {
    for (LoadedModel known : directory.holders(target)) {
      if (known.member() == member && known.begin()) {
        return known;
      }
    }
    LoadedModel unknown = new LoadedModel(directory.model(target), member, clock);
    unknown.begin();
    return unknown;
  }

  // For loads

  /** The member that should load the model next, or null if none is left. */
  @Nullable Member choose(ModelLoad load, EndpointFleet fleet) {
    synchronized (directory) {
      return chosen(load, fleet);
    }
  }

  private @Nullable Member chosen(ModelLoad load, EndpointFleet fleet) {
    List<MemberModels> left = new ArrayList<>();
    for (Member member : fleet.members()) {
      if (mayLoad(load, member)) {
        left.add(directory.of(member));
      }
    }
    Member chosen = preferred(load, left);
    leaveMember(load);
    if (chosen != null) {
      load.tries(chosen);
      directory.of(chosen).loads().add(load);
    }
    return chosen;
  }

  /** Room that is being made for a model is of use on one member only. */
  private static @Nullable Member preferred(ModelLoad load, List<MemberModels> left) {
    Member cleared = load.cleared();
    boolean goOn = cleared != null && left.stream().anyMatch(there -> there.member() == cleared);
    return goOn
        ? cleared
        : left.stream().min(new LoadOrder(load)).map(MemberModels::member).orElse(null);
  }

  /** Another replica loads the model: the load goes on when that one has ended. */
  void waits(ModelLoad load) {
    synchronized (directory) {
      leaveMember(load);
      load.untried();
    }
  }

  private boolean mayLoad(ModelLoad load, Member member) {
    MemberModels there = directory.of(member);
    return member.instance().variant().equals(load.variant())
        && load.work().fits(member)
        && !load.hasTried(member)
        && there.get(load.model().target()) == null
        && !there.isLeaving(load.model().name());
  }

  /** The model is on the member. */
  void loaded(ModelLoad load, Member on) {
    LoadedModel model;
    Map<Waiter, Long> waiters;
    synchronized (directory) {
      model = directory.hold(on, load.model());
      waiters = finish(load);
      waiters.keySet().forEach(waiter -> model.begin());
    }
    failures.forget(load.variant(), load.model().target());
    pausedSpreads.forget(load.variant(), load.model().target());
    long now = clock.millis();
    waiters.forEach(
        (waiter, since) -> {
          meters.waited(endpoint, load.variant(), now - since);
          waiter.loaded(model);
        });
  }

  /** A member turned out to have it already. */
  @Nullable Member holder(ModelLoad load, EndpointFleet fleet) {
    LoadedModel best = best(fleet, load.model().target(), load.variant(), load.work());
    return best == null ? null : best.member();
  }

  /**
   * @param remembered how long requests for the model fail at once with the same failure
   */
  void failed(ModelLoad load, RouterException why, Duration remembered) {
    (load.spread() ? pausedSpreads : failures)
        .remember(load.variant(), load.model().target(), why, remembered);
    Map<Waiter, Long> waiters;
    synchronized (directory) {
      waiters = finish(load);
    }
    waiters.keySet().forEach(waiter -> waiter.failed(why));
  }

  private Map<Waiter, Long> finish(ModelLoad load) {
    loads.remove(load);
    leaveMember(load);
    return load.leaveAll();
  }

  private void leaveMember(ModelLoad load) {
    Member member = load.member();
    if (member != null) {
      directory.of(member).loads().remove(load);
    }
  }

  /** The member has no memory for the model; answers how often this was said to the load. */
  int full(ModelLoad load, Member member) {
    synchronized (directory) {
      if (!load.unloaded()) {
        // A model that needs the room of several says nothing of the room for others.
        directory.of(member).full();
      }
      load.full(member);
      return load.saidFull();
    }
  }

  /** Whether a load of the model failed lately. */
  boolean failing(String variant, String target) {
    return failures.of(variant, target) != null;
  }

  boolean isFull(ModelLoad load, Member member) {
    synchronized (directory) {
      return load.isFull(member);
    }
  }

  void hasRoom(ModelLoad load, Member member) {
    synchronized (directory) {
      load.hasRoom(member);
    }
  }
}
