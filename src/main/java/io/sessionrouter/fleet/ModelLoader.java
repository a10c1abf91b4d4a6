package io.sessionrouter.fleet;

import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Settings;
import io.sessionrouter.fleet.ModelApi.Reply;
import io.sessionrouter.fleet.ModelApi.Unreachable;
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
  private static final int CONFLICT = 409;
  private static final int NO_MEMORY = 507;

  /** Times members may say in one load that they are full. */
  private static final int MAX_ASKED = 64;

  /** What would be tried in vain again at once may go well after a moment. */
  private static final Duration A_MOMENT = Duration.ofSeconds(1);

  /** A model that is loaded only to serve more requests may not drive out one in use lately. */
  private static final Duration UNUSED = Duration.ofMinutes(1);

  private final String endpoint;
  private final Settings.Models settings;
  private final Supplier<EndpointFleet> fleet;
  private final EndpointModels models;
  private final ModelDirectory directory;
  private final ModelListing listing;
  private final ModelUnloader unloader;
  private final ModelApi api;
  private final ModelMeters meters;
  private final InstantSource clock;
  private final Consumer<Member> unreachable;

  ModelLoader(
      EndpointModels models,
      ModelDirectory directory,
      ModelListing listing,
      ModelUnloader unloader,
      Supplier<EndpointFleet> fleet,
      Settings.Endpoint endpoint,
      Settings.Models settings,
      LiveModels.Surroundings around) {
    this.models = models;
    this.directory = directory;
    this.listing = listing;
    this.unloader = unloader;
    this.fleet = fleet;
    this.endpoint = endpoint.name();
    this.settings = settings;
    this.api = around.api();
    this.meters = around.meters();
    this.clock = around.clock();
    this.unreachable = around.unreachable();
  }

  /** Begins with what members were not asked yet: one of them may have the model. */
  void begin(ModelLoad load) {
    listing.complete(fleet.get(), load.variant()).onComplete(told -> first(load));
  }

  private void first(ModelLoad load) {
    Member holder = load.spread() ? null : models.holder(load, fleet.get());
    if (holder != null) {
      models.loaded(load, holder);
    } else {
      next(load, null);
    }
  }

  /**
   * @param why the member before it could not load the model, null if there was none
   */
  private void next(ModelLoad load, @Nullable RouterException why) {
    Member chosen = models.choose(load, fleet.get());
    if (chosen == null) {
      fail(load, why == null ? nobody() : why, A_MOMENT);
    } else if (models.isFull(load, chosen)) {
      makeRoom(load, chosen);
    } else {
      ask(load, chosen);
    }
  }

  private RouterException nobody() {
    return new RouterException(
        FailureKind.NO_HEALTHY_INSTANCE,
        "No healthy instance of endpoint " + endpoint + " is available.");
  }

  private void ask(ModelLoad load, Member on) {
    LOG.debugf("model load begins model=%s instance=%s", load.model().name(), on.instance());
    long left = settings.loadTimeout().toMillis() - (clock.millis() - load.beganAt());
    if (left <= 0) {
      fail(load, tookTooLong(load), settings.retryFailedAfter());
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
      boolean late = clock.millis() - load.beganAt() >= settings.loadTimeout().toMillis();
      RouterException why = late ? tookTooLong(load) : LoadErrors.broke(load.model());
      fail(load, why, settings.retryFailedAfter());
    }
  }

  private void answered(ModelLoad load, Member on, Reply reply) {
    Model model = load.model();
    switch (reply.status()) {
      case 200, 201, 202, 204, CONFLICT -> succeed(load, on);
      case NO_MEMORY -> full(load, on);
      case 404 -> fail(load, LoadErrors.notFound(model), settings.retryFailedAfter());
      case 429, 503 -> next(load, LoadErrors.busy(model.target()));
      default -> {
        boolean refused = reply.status() >= 400 && reply.status() < 500;
        RouterException why =
            refused ? LoadErrors.failed(model, load.variant(), reply) : LoadErrors.broke(model);
        LOG.warnf(
            "model load failed model=%s instance=%s status=%d message=\"%s\"",
            model.target(), on.instance(), reply.status(), reply.message());
        fail(load, why, settings.retryFailedAfter());
      }
    }
  }

  /** Room elsewhere is better than room made here. */
  private void full(ModelLoad load, Member on) {
    RouterException none = LoadErrors.noMemory(load.model());
    if (models.full(load, on) < MAX_ASKED) {
      next(load, none);
    } else {
      fail(load, none, A_MOMENT);
    }
  }

  private void makeRoom(ModelLoad load, Member on) {
    long unusedSince = clock.millis() - (load.spread() ? UNUSED.toMillis() : 0);
    unloader
        .unloadOne(on, unusedSince)
        .onComplete(
            done -> {
              if (done.succeeded() && done.result()) {
                models.hasRoom(load, on);
                ask(load, on);
              } else {
                next(load, LoadErrors.noMemory(load.model()));
              }
            });
  }

  private void succeed(ModelLoad load, Member on) {
    long took = clock.millis() - load.beganAt();
    LOG.infof(
        "model loaded model=%s instance=%s millis=%d", load.model().target(), on.instance(), took);
    meters.loaded(endpoint, load.variant(), took);
    if (!load.spread()) {
      meters.coldStart(endpoint, took);
    }
    models.loaded(load, on);
    listing.refresh(on);
  }

  private void fail(ModelLoad load, RouterException why, Duration remembered) {
    meters.loadFailed(endpoint, load.variant(), why.kind(), clock.millis() - load.beganAt());
    models.failed(load, why, load.spread() ? settings.retryFailedAfter() : remembered);
  }

  private RouterException tookTooLong(ModelLoad load) {
    return LoadErrors.tookTooLong(load.model(), settings.loadTimeout());
  }
}
