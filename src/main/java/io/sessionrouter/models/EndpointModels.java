package io.sessionrouter.models;

import io.sessionrouter.domain.RouterException;
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
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The models of one endpoint: finds members for requests, and notifies those that wait for a load.
 *
 * <p>A request for a model that is loaded takes no lock.
 */
public final class EndpointModels {
  /** Between two looks whether a busy model could be loaded on one more member. */
  private static final Duration SPREAD_PAUSE = Duration.ofSeconds(1);

  private final String endpoint;
  private final ModelDirectory directory;
  private final Supplier<@Nullable Integer> spreadAt;
  private final WeightedPlacement placement;
  private final ModelMeters meters;
  private final InstantSource clock;
  private final Consumer<ModelLoad> begin;
  private final ModelLoads loads;
  private final SpreadPauses pausedSpreads;

  /**
   * @param spreadAt requests in flight at which a model is loaded on one more member; null for
   *     never
   * @param begin begins a load
   */
  EndpointModels(
      String endpoint,
      Supplier<@Nullable Integer> spreadAt,
      ModelDirectory directory,
      ModelLoads loads,
      WeightedPlacement placement,
      ModelMeters meters,
      InstantSource clock,
      Consumer<ModelLoad> begin) {
    this.endpoint = endpoint;
    this.directory = directory;
    this.spreadAt = spreadAt;
    this.placement = placement;
    this.meters = meters;
    this.clock = clock;
    this.begin = begin;
    this.loads = loads;
    this.pausedSpreads = new SpreadPauses(clock);
  }

  // For requests

  ModelPlace find(
      EndpointFleet fleet,
      @Nullable String variant,
      boolean opens,
      Collection<Member> tried,
      long prefix,
      String target,
      Waiter waiter) {
    PlacementRequest fitting = work(fleet, variant, opens, tried, prefix);
    VariantFleet chosen = placement.variant(fleet, variant, fitting);
    if (chosen == null) {
      return new Nowhere(placement.refusal(fleet, variant, opens));
    }
    PlacementRequest work = placement.among(chosen, fitting);
    LoadedModel holder = directory.holders().begunOn(fleet, target, chosen.name(), work);
    if (holder == null) {
      return load(fleet, chosen.name(), work.kept(), target, waiter);
    }
    Integer busyAt = spreadAt.get();
    if (busyAt != null && holder.inFlight() > busyAt) {
      considerSpread(fleet, chosen, work, target, busyAt);
    }
    return holder;
  }

  /** The same among the members that have the model, without loading it; null if none fits. */
  @Nullable LoadedModel loaded(
      EndpointFleet fleet,
      @Nullable String variant,
      boolean opens,
      Collection<Member> tried,
      long prefix,
      String target) {
    PlacementRequest fitting = work(fleet, variant, opens, tried, prefix);
    VariantFleet chosen = placement.variant(fleet, variant, fitting);
    if (chosen == null) {
      return null;
    }
    PlacementRequest work = placement.among(chosen, fitting);
    return directory.holders().begunOn(fleet, target, chosen.name(), work);
  }

  private PlacementRequest work(
      EndpointFleet fleet,
      @Nullable String variant,
      boolean opens,
      Collection<Member> tried,
      long prefix) {
    PlacementRequest work = placement.work(fleet, opens, tried, prefix);
    return placement.hasRoom(fleet, variant, work)
            || !placement.hasRoom(fleet, variant, work.inPanic())
        ? work
        : work.inPanic();
  }

  private ModelPlace load(
      EndpointFleet fleet, String variant, PlacementRequest work, String target, Waiter waiter) {
    ModelPlace place = loads.place(fleet, work, variant, target, waiter);
    if (place instanceof ModelLoad load && load.begins()) {
      begin.accept(load);
    }
    return place;
  }

  /** Loads the model on one more member, if it is busy on all that have it. */
  private void considerSpread(
      EndpointFleet fleet, VariantFleet variant, PlacementRequest work, String target, int busyAt) {
    if (pausedSpreads.covers(variant.name(), target)) {
      return;
    }
    List<LoadedModel> all = directory.holders().of(target);
    boolean busy =
        all.stream()
            .filter(h -> h.instance().variant().equals(variant.name()) && work.fits(h.member()))
            .allMatch(h -> h.inFlight() >= busyAt);
    if (busy) {
      pausedSpreads.begin(variant.name(), target, SPREAD_PAUSE);
      spread(fleet, variant, work.kept(), target);
    }
  }

  private void spread(
      EndpointFleet fleet, VariantFleet variant, PlacementRequest work, String target) {
    ModelLoad load = loads.spread(fleet, variant, work, target);
    if (load != null && load.begins()) {
      begin.accept(load);
    }
  }

  /** For a session's request: its model on its member, whether or not we know that it is there. */
  LoadedModel begunOn(Member member, String target) {
    for (LoadedModel known : directory.holders().of(target)) {
      if (known.member() == member && known.begin()) {
        return known;
      }
    }
    LoadedModel unknown = new LoadedModel(directory.model(target), member, clock);
    unknown.begin();
    return unknown;
  }

  // For loads

  /** A member that turned out to have the model already. */
  @Nullable Member holder(ModelLoad load, EndpointFleet fleet) {
    LoadedModel best =
        directory.holders().best(fleet, load.model().target(), load.variant(), load.work());
    return best == null ? null : best.member();
  }

  /** The model is on the member. */
  void loaded(ModelLoad load, Member on) {
    ModelLoads.Loaded loaded = loads.loaded(load, on);
    pausedSpreads.end(load.variant(), load.model().target());
    long now = clock.millis();
    loaded
        .waiters()
        .forEach(
            (waiter, since) -> {
              meters.waited(endpoint, load.variant(), now - since);
              waiter.loaded(loaded.model());
            });
  }

  /**
   * The model could not be loaded.
   *
   * @param remembered how long it is not tried again
   */
  void failed(ModelLoad load, RouterException why, Duration remembered) {
    if (load.spread()) {
      pausedSpreads.begin(load.variant(), load.model().target(), remembered);
    }
    loads.failed(load, why, remembered).forEach(waiter -> waiter.failed(why));
  }
}
