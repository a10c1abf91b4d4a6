package io.sessionrouter.models;

import io.sessionrouter.container.ContainerContract;
import io.sessionrouter.container.ModelApi;
import io.sessionrouter.container.ModelApi.Reply;
import io.sessionrouter.container.ModelState;
import io.sessionrouter.container.Unreachable;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.LoadMarks.Mark;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.endpoint.ModelsSettings;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.models.LoadCheck.Said;
import io.sessionrouter.telemetry.ModelMeters;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Brings models onto members: asks members one after the other, makes room where there is none, and
 * ends every load with a model or with the reason why there is none.
 */
final class ModelLoader {
  private static final Logger LOG = Logger.getLogger(ModelLoader.class);

  /** Times members may say in one load that they are full. */
  private static final int MAX_ASKED = 64;

  /** What would be tried in vain again at once may go well after a moment. */
  private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);

  /** Between two looks whether another replica's load has ended. */
  private static final long LOOK_MILLIS = 250;

  /** Times in one load that a name without a model behind it is taken away. */
  private static final int MAX_DISCARDS = 2;

  private final String endpoint;
  private final Supplier<ModelsSettings> settings;
  private final Supplier<EndpointFleet> fleet;
  private final EndpointModels models;
  private final ModelDirectory directory;
  private final ModelListing listing;
  private final LoadRoom room;
  private final LoadClaims claims;
  private final LoadCheck check;
  private final Delay pauses;
  private final ModelApi api;
  private final ModelMeters meters;
  private final InstantSource clock;
  private final Consumer<Member> unreachable;

  ModelLoader(
      String endpoint,
      EndpointModels models,
      ModelDirectory directory,
      ModelListing listing,
      LoadRoom room,
      LoadClaims claims,
      Supplier<EndpointFleet> fleet,
      Supplier<ModelsSettings> settings,
      ModelDependencies around) {
    this.models = models;
    this.directory = directory;
    this.listing = listing;
    this.room = room;
    this.claims = claims;
    this.pauses = around.pauses();
    this.check =
        new LoadCheck(
            around.api(),
            around.pauses(),
            around.clock(),
            () -> settings.get().loadTimeout().toMillis());
    this.fleet = fleet;
    this.endpoint = endpoint;
    this.settings = settings;
    this.api = around.api();
    this.meters = around.meters();
    this.clock = around.clock();
    this.unreachable = around.unreachable();
  }

  /** Begins with what members were not asked yet: one of them may have the model. */
  void begin(ModelLoad load) {
    listing.complete(fleet.get(), load.variant()).onComplete(done -> first(load));
  }

  private void first(ModelLoad load) {
    Member holder = load.spread() ? null : models.holder(load, fleet.get());
    if (holder != null) {
      claims.release(load);
      models.loaded(load, holder);
    } else {
      next(load, null);
    }
  }

  /**
   * @param why the member before it could not load the model, null if there was none
   */
  private void next(ModelLoad load, @Nullable RouterException why) {
    Member chosen = directory.choose(load, fleet.get());
    if (chosen == null) {
      fail(load, why == null ? nobody() : why, load.unloaded() ? retryAfter() : RETRY_PAUSE);
    } else if (load.isFull(chosen) || room.isFull(load, chosen)) {
      makeRoom(load, chosen);
    } else {
      claim(load, chosen);
    }
  }

  private RouterException nobody() {
    return new RouterException(
        FailureKind.NO_HEALTHY_INSTANCE,
        "No healthy instance of endpoint " + endpoint + " is available.");
  }

  // What other replicas do

  private void claim(ModelLoad load, Member on) {
    claims.claim(load, on).onSuccess(mark -> decide(load, on, mark));
  }

  private void decide(ModelLoad load, Member on, Mark mark) {
    switch (mark) {
      case Mark.Free free -> ask(load, on);
      case Mark.Loading other when load.spread() ->
          fail(load, LoadErrors.busy(load.model().target()), RETRY_PAUSE);
      case Mark.Loading other -> await(load);
      case Mark.Failed failed -> failedElsewhere(load, failed);
    }
  }

  /** Another replica loads it: that load decides. */
  private void await(ModelLoad load) {
    directory.suspend(load);
    if (left(load) <= 0) {
      fail(load, tookTooLong(load), retryAfter());
      return;
    }
    pauses
        .of(LOOK_MILLIS)
        .compose(later -> claims.read(load.variant(), load.model().target()))
        .onSuccess(
            mark -> {
              switch (mark) {
                case Mark.Loading still -> await(load);
                case Mark.Failed failed -> failedElsewhere(load, failed);
                case Mark.Free over ->
                    listing.renew(fleet.get(), load.variant()).onComplete(done -> first(load));
              }
            });
  }

  private void failedElsewhere(ModelLoad load, Mark.Failed failed) {
    if (failed.status() == ContainerContract.NO_MEMORY) {
      room.isTooLarge(load);
    }
    long left = Math.max(0, failed.until() - clock.millis());
    claims.release(load);
    models.failed(load, LoadClaims.failure(load.variant(), failed), Duration.ofMillis(left));
  }

  // What members answer

  private void ask(ModelLoad load, Member on) {
    LOG.debugf("model load begins model=%s instance=%s", load.model().name(), on.instance());
    long left = left(load);
    if (left <= 0) {
      fail(load, tookTooLong(load), retryAfter());
      return;
    }
    Future.succeededFuture()
        .compose(v -> api.load(on.instance(), load.model(), left))
        .onComplete(reply -> asked(load, on, reply));
  }

  private void asked(ModelLoad load, Member on, AsyncResult<Reply> asked) {
    if (asked.succeeded()) {
      answered(load, on, asked.result());
    } else if (asked.cause() instanceof Unreachable) {
      unreachable.accept(on);
      next(load, nobody());
    } else {
      directory.doubt(on);
      fail(
          load, left(load) <= 0 ? tookTooLong(load) : LoadErrors.broke(load.model()), retryAfter());
    }
  }

  private void answered(ModelLoad load, Member on, Reply reply) {
    switch (reply.status()) {
      case ContainerContract.CONFLICT ->
          check
              .settled(load, on, Said.ALREADY_THERE)
              .onSuccess(state -> settled(load, on, state, load.discards() < MAX_DISCARDS));
      case ContainerContract.NO_MEMORY ->
          discard(load, on).onComplete(gone -> full(load, on, reply));
      case ContainerContract.NOT_FOUND -> refused(load, LoadErrors.notFound(load.model()));
      case ContainerContract.TOO_MANY_REQUESTS, ContainerContract.UNAVAILABLE ->
          next(load, LoadErrors.busy(load.model().target()));
      default -> {
        if (reply.status() < 300) {
          check.settled(load, on, Said.LOADED).onSuccess(state -> settled(load, on, state, false));
        } else {
          failed(load, on, reply);
        }
      }
    }
  }

  /** Some containers answer so too if another load has brought it there, or is about to. */
  private void failed(ModelLoad load, Member on, Reply reply) {
    check
        .settled(load, on, Said.FAILED)
        .onSuccess(
            state -> {
              if (state == ModelState.READY || state == ModelState.LOADING) {
                settled(load, on, state, false);
              } else {
                refused(load, on, reply, state);
              }
            });
  }

  private void refused(ModelLoad load, Member on, Reply reply, ModelState state) {
    LOG.warnf(
        "model load failed model=%s instance=%s status=%d message=\"%s\"",
        load.model().target(), on.instance(), reply.status(), reply.message());
    RouterException why = LoadErrors.answered(load.model(), load.variant(), reply);
    if (state.hollow() || (state == ModelState.UNSAID && load.claimed())) {
      discard(load, on).onComplete(gone -> refused(load, why));
    } else {
      refused(load, why);
    }
  }

  /**
   * @param again whether to load it once more if there is but a name, which another load left
   *     behind
   */
  private void settled(ModelLoad load, Member on, ModelState state, boolean again) {
    switch (state) {
      case READY -> succeed(load, on);
      case LOADING -> refused(load, tookTooLong(load));
      default -> {
        LOG.warnf(
            "model registered without workers model=%s instance=%s (expected: a container that"
                + " starts one when a model is registered)",
            load.model().target(), on.instance());
        discard(load, on).onComplete(gone -> afterDiscard(load, on, again));
      }
    }
  }

  private void afterDiscard(ModelLoad load, Member on, boolean again) {
    if (again) {
      claim(load, on);
    } else {
      refused(load, LoadErrors.hollow(load.model(), load.variant()));
    }
  }

  /**
   * Some containers keep the name of a model that they could not load, and would answer the next
   * load that they have it. Whatever comes of it, the next load finds out.
   */
  private Future<Reply> discard(ModelLoad load, Member on) {
    return Future.succeededFuture().compose(v -> api.discard(on.instance(), load.model()));
  }

  /** Room elsewhere is better than room made here. */
  private void full(ModelLoad load, Member on, Reply reply) {
    room.refused(load, on)
        .onSuccess(
            alone -> {
              boolean goesOn = directory.full(load, on) < MAX_ASKED;
              if (alone || room.tooLarge(load)) {
                refused(load, LoadErrors.failed(load.model(), load.variant(), reply));
              } else if (goesOn) {
                next(load, LoadErrors.noMemory(load.model()));
              } else {
                fail(load, LoadErrors.noMemory(load.model()), retryAfter());
              }
            });
  }

  private void makeRoom(ModelLoad load, Member on) {
    room.make(load, on)
        .onSuccess(
            made -> {
              if (made) {
                load.hasRoom(on);
                claim(load, on);
              } else {
                next(load, LoadErrors.noMemory(load.model()));
              }
            });
  }

  // How it ends

  private void succeed(ModelLoad load, Member on) {
    long took = clock.millis() - load.beganAt();
    LOG.infof(
        "model loaded model=%s instance=%s millis=%d", load.model().target(), on.instance(), took);
    meters.loaded(endpoint, load.variant(), took);
    if (!load.spread()) {
      meters.coldStart(endpoint, took);
    }
    room.fits(load, on);
    claims.release(load);
    models.loaded(load, on);
    listing.refresh(on);
  }

  /** A container said why not: other replicas need not ask the same. */
  private void refused(ModelLoad load, RouterException why) {
    claims.failed(load, why, retryAfter());
    fail(load, why, retryAfter());
  }

  private void fail(ModelLoad load, RouterException why, Duration remembered) {
    claims.release(load);
    meters.loadFailed(endpoint, load.variant(), why.kind(), clock.millis() - load.beganAt());
    models.failed(load, why, load.spread() ? retryAfter() : remembered);
  }

  private RouterException tookTooLong(ModelLoad load) {
    return LoadErrors.tookTooLong(load.model(), settings.get().loadTimeout());
  }

  private long left(ModelLoad load) {
    return settings.get().loadTimeout().toMillis() - (clock.millis() - load.beganAt());
  }

  private Duration retryAfter() {
    return settings.get().retryFailedAfter();
  }
}
