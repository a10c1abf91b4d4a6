package io.sessionrouter.models;

import io.sessionrouter.fleet.Member;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;

/**
 * Makes room for models that are to be loaded, as long as it may help: nothing is unloaded for a
 * model that did not fit beside less.
 */
final class LoadRoom {
  /** A model that is loaded only to serve more requests may not drive out one in use lately. */
  private static final Duration UNUSED_AFTER = Duration.ofMinutes(1);

  private final ModelDirectory directory;
  private final ModelListing listing;
  private final ModelUnloader unloader;
  private final ModelMemory fit;
  private final InstantSource clock;

  LoadRoom(
      ModelDirectory directory, ModelListing listing, ModelUnloader unloader, InstantSource clock) {
    this.directory = directory;
    this.listing = listing;
    this.unloader = unloader;
    this.fit = new ModelMemory(clock);
    this.clock = clock;
  }

  /** Whether the member need not be asked: it has no memory for the model beside what is there. */
  boolean isFull(ModelLoad load, Member on) {
    return !tooLarge(load) && fit.refusesBeside(on, load.model().target(), others(load, on));
  }

  /** Whether the model fits on no member of its variant. */
  boolean tooLarge(ModelLoad load) {
    return fit.tooLarge(load.variant(), load.model().target());
  }

  /** Another replica found out that it does not. */
  void isTooLarge(ModelLoad load) {
    fit.refusedAlone(load.variant(), load.model().target());
  }

  /**
   * The member has no memory for the model.
   *
   * @return whether nothing else is there, so that it fits on no member of its kind. Never fails
   */
  Future<Boolean> refused(ModelLoad load, Member on) {
    String target = load.model().target();
    Set<String> there = others(load, on);
    fit.refused(on, target, there);
    if (!there.isEmpty()) {
      return Future.succeededFuture(false);
    }
    return listing
        .refresh(on)
        .map(
            done -> {
              boolean alone = directory.isAlone(on, target);
              if (alone) {
                fit.refusedAlone(load.variant(), target);
              }
              return alone;
            });
  }

  /** Unloads one model of the member. Never fails; false if none may go, or it would not help. */
  Future<Boolean> make(ModelLoad load, Member on) {
    long unusedSince = clock.millis() - (load.spread() ? UNUSED_AFTER.toMillis() : 0);
    return unloader
        .unloadOne(on, unusedSince, staying -> isWorth(load, on, staying))
        .otherwise(false)
        .onSuccess(
            made -> {
              if (!made) {
                stuck(load, on);
              }
            });
  }

  private boolean isWorth(ModelLoad load, Member on, Set<String> staying) {
    String target = load.model().target();
    staying.remove(target);
    return !tooLarge(load)
        && !fit.refuses(on, target, staying)
        && load.worthUnloading(staying.size());
  }

  private void stuck(ModelLoad load, Member on) {
    load.stuck(others(load, on).size());
  }

  void fits(ModelLoad load, Member on) {
    fit.fits(on, load.model().target());
  }

  private Set<String> others(ModelLoad load, Member on) {
    Set<String> there = directory.targets(on);
    there.remove(load.model().target());
    return there;
  }
}
