package io.sessionrouter.models;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.container.ModelCalls;
import io.sessionrouter.container.ModelState;
import io.sessionrouter.domain.LoadMarks;
import io.sessionrouter.domain.ModelsInUse;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.ModelsSettings;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.FleetView;
import io.sessionrouter.fleet.InstanceFailure;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.fleet.Requester;
import io.sessionrouter.fleet.WeightedPlacement;
import io.sessionrouter.telemetry.ModelMeters;
import io.sessionrouter.tls.Tls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The models of the present fleet, kept up to date by asking its containers. */
@Singleton
final class ModelRegistry implements Models {
  /** After the fleet's health checks have begun, before the data port opens. */
  private static final int START_PRIORITY = 200;

  private static final long TICK_MILLIS = 100;

  private final Vertx vertx;
  private final FleetView fleet;
  private final ModelDependencies around;
  private final Map<String, Parts> endpoints = new HashMap<>();
  private long timer = -1;

  private record Parts(
      EndpointModels models, ModelDirectory directory, ModelListing listing, LoadClaims claims) {}

  @Inject
  ModelRegistry(
      Vertx vertx,
      EndpointCatalog catalog,
      FleetView fleet,
      WeightedPlacement placement,
      ModelsInUse inUse,
      ModelMeters meters,
      LoadMarks marks,
      Tls tls) {
    this(
        vertx,
        catalog,
        fleet,
        placement,
        new ModelDependencies(
            new ModelCalls(vertx, tls.instances()),
            inUse,
            meters,
            InstantSource.system(),
            member -> fleet.failed(member, InstanceFailure.UNREACHABLE, Requester.ROUTER),
            marks,
            millis -> vertx.timer(millis, TimeUnit.MILLISECONDS)));
  }

  ModelRegistry(
      Vertx vertx,
      EndpointCatalog catalog,
      FleetView fleet,
      WeightedPlacement placement,
      ModelDependencies around) {
    this.vertx = vertx;
    this.fleet = fleet;
    this.around = around;
    catalog
        .endpoints()
        .forEach(
            (name, endpoint) -> {
              ModelsSettings models = endpoint.models();
              if (models != null) {
                endpoints.put(name, parts(endpoint, models, placement, around));
              }
            });
  }

  private Parts parts(
      EndpointSettings endpoint,
      ModelsSettings settings,
      WeightedPlacement placement,
      ModelDependencies around) {
    String name = endpoint.name();
    LateLoader late = new LateLoader();
    ModelDirectory directory = new ModelDirectory(settings.prefix(), around.clock());
    EndpointModels models =
        new EndpointModels(
            name, settings, directory, placement, around.meters(), around.clock(), late);
    LoadClaims claims = new LoadClaims(name, around.marks(), around.pauses(), around.clock());
    ModelListing listing =
        new ModelListing(
            directory,
            around.api(),
            new ModelProof(around.api(), claims, models::failing),
            around.clock(),
            endpoint.health().interval());
    LoadRoom room =
        new LoadRoom(
            directory, listing, new ModelUnloader(name, directory, around), around.clock());
    late.loader =
        new ModelLoader(
            models,
            directory,
            listing,
            room,
            claims,
            () -> present(name),
            endpoint,
            settings,
            around);
    endpoint
        .variants()
        .forEach(v -> around.meters().watch(name, v.name(), () -> directory.count(v.name())));
    return new Parts(models, directory, listing, claims);
  }

  /** The directory and the loader know each other. */
  private static final class LateLoader implements Consumer<ModelLoad> {
    private @Nullable ModelLoader loader;

    @Override
    public void accept(ModelLoad load) {
      Objects.requireNonNull(loader).begin(load);
    }
  }

  synchronized void start(@Observes @Priority(START_PRIORITY) StartupEvent start) {
    if (!endpoints.isEmpty()) {
      timer = vertx.setPeriodic(TICK_MILLIS, t -> tick());
    }
  }

  synchronized void stop(@Observes ShutdownEvent stop) {
    vertx.cancelTimer(timer);
    endpoints.values().forEach(parts -> parts.claims.close());
    around.api().close();
  }

  void tick() {
    endpoints.forEach((name, parts) -> parts.listing.tick(present(name)));
  }

  @Override
  public ModelPlace find(
      EndpointFleet endpoint,
      @Nullable String variant,
      boolean opens,
      Collection<Member> tried,
      String target,
      ModelPlace.Waiter waiter) {
    return models(endpoint.settings().name()).find(endpoint, variant, opens, tried, target, waiter);
  }

  @Override
  public void want(EndpointFleet endpoint, @Nullable String variant, String target) {
    ModelPlace place = find(endpoint, variant, false, List.of(), target, Nobody.INSTANCE);
    if (place instanceof LoadedModel there) {
      there.end();
    }
  }

  /** Nobody waits for the load. */
  private enum Nobody implements ModelPlace.Waiter {
    INSTANCE;

    @Override
    public void loaded(LoadedModel model) {
      model.end();
    }

    @Override
    public void failed(RouterException why) {
      // Who asks for the model next is told.
    }
  }

  @Override
  public LoadedModel on(Member member, String target) {
    return models(member.instance().endpoint()).begunOn(member, target);
  }

  @Override
  public Future<Boolean> gone(LoadedModel model) {
    return model.askedOnce(around.clock().millis(), () -> askGone(model));
  }

  private Future<Boolean> askGone(LoadedModel model) {
    return around
        .api()
        .state(model.instance(), model.model())
        .map(ModelRegistry::isGone)
        .onSuccess(
            gone -> {
              if (gone) {
                parts(model.instance().endpoint()).directory.forget(model);
              }
            });
  }

  private static boolean isGone(ModelState state) {
    return switch (state) {
      case ABSENT, LOADING, EMPTY, FAILED -> true;
      case READY, UNSAID, UNKNOWN -> false;
    };
  }

  @Override
  public List<ModelStatus> of(Member member) {
    Parts parts = endpoints.get(member.instance().endpoint());
    return parts == null ? List.of() : parts.directory.on(member);
  }

  private EndpointModels models(String endpoint) {
    return parts(endpoint).models;
  }

  private Parts parts(String endpoint) {
    Parts parts = endpoints.get(endpoint);
    if (parts == null) {
      throw new IllegalArgumentException(
          "endpoint: " + endpoint + " (expected: a multi-model endpoint)");
    }
    return parts;
  }

  private EndpointFleet present(String endpoint) {
    return Objects.requireNonNull(fleet.current().endpoint(endpoint), "a configured endpoint");
  }
}
