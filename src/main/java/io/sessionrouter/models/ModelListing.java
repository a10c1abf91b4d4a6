package io.sessionrouter.models;

import io.sessionrouter.container.Model;
import io.sessionrouter.container.ModelApi;
import io.sessionrouter.container.ModelApi.Listed;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Health;
import io.sessionrouter.fleet.Member;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what is known of members' models up to date by asking them: so it survives the router's
 * restart, and sees what other replicas load.
 */
final class ModelListing {
  private static final Logger LOG = Logger.getLogger(ModelListing.class);

  private final ModelDirectory directory;
  private final ModelApi api;
  private final ModelProof proof;
  private final InstantSource clock;
  private final Supplier<Duration> interval;

  ModelListing(
      ModelDirectory directory,
      ModelApi api,
      ModelProof proof,
      InstantSource clock,
      Supplier<Duration> interval) {
    this.directory = directory;
    this.api = api;
    this.proof = proof;
    this.clock = clock;
    this.interval = interval;
  }

  /** Asks the members that are due; to be called often. */
  void tick(EndpointFleet fleet) {
    long every = interval.get().toMillis();
    directory.retain(fleet.members());
    for (Member member : fleet.members()) {
      if (healthy(member) && directory.due(member, clock.millis(), every)) {
        refresh(member);
      }
    }
  }

  private boolean healthy(Member member) {
    directory.beginAnewIfNeeded(member);
    boolean healthy = member.health().state() == Health.State.HEALTHY;
    if (!healthy) {
      directory.doubt(member);
    }
    return healthy;
  }

  /** Completes, and never fails, when all members that may serve the variant have been asked. */
  Future<Void> complete(EndpointFleet fleet, String variant) {
    return refresh(fleet, variant, member -> !directory.listed(member));
  }

  /** The same, and those that have been asked are asked again. */
  Future<Void> renew(EndpointFleet fleet, String variant) {
    return refresh(fleet, variant, member -> true);
  }

  private Future<Void> refresh(EndpointFleet fleet, String variant, Predicate<Member> which) {
    List<Future<Void>> asked = new ArrayList<>();
    for (Member member : fleet.members()) {
      if (member.placeable() && member.instance().variant().equals(variant) && which.test(member)) {
        asked.add(refresh(member));
      }
    }
    return Future.join(asked).mapEmpty();
  }

  /** Asks a member, or joins who does. Never fails. */
  Future<Void> refresh(Member member) {
    Promise<Void> promise = Promise.promise();
    Future<Void> running = directory.listingBegins(member, promise.future());
    if (running != null) {
      return running;
    }
    long changes = directory.changes(member);
    Future.succeededFuture()
        .compose(v -> api.list(member.instance()))
        .compose(list -> prove(member, list))
        .onComplete(
            list -> {
              listed(member, changes, list);
              promise.complete();
            });
    return promise.future();
  }

  private Future<List<Listed>> prove(Member member, List<Listed> list) {
    List<Model> unproven = directory.unproven(member, list);
    if (unproven.isEmpty()) {
      return Future.succeededFuture(list);
    }
    return proof
        .of(member, unproven)
        .onSuccess(proven -> directory.proves(member, proven))
        .map(list);
  }

  private void listed(Member member, long changes, AsyncResult<List<Listed>> list) {
    @Nullable List<Listed> present = list.result();
    if (directory.listingEnds(member, clock.millis(), changes, present)) {
      LOG.warnf(
          "models not listed instance=%s reason=\"%s\" (expected: a container with GET /models)",
          member.instance(), list.cause().getMessage());
    }
  }
}
