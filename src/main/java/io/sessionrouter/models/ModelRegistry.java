package io.sessionrouter.models;

import static java.util.Objects.requireNonNull;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.container.Model;
import io.sessionrouter.container.ModelCalls;
import io.sessionrouter.container.ModelState;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.LoadMarks;
import io.sessionrouter.domain.ModelsInUse;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.StartOrder;
import io.sessionrouter.endpoint.Endpoint;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointFollower;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.ModelsSettings;
import io.sessionrouter.endpoint.Room;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Fleet;
import io.sessionrouter.fleet.FleetView;
import io.sessionrouter.fleet.InstanceFailure;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.fleet.Rendezvous;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The models of the present fleet, kept up to date by asking its containers. */
@Singleton
final class ModelRegistry implements Models, EndpointFollower {
  private static final long TICK_MILLIS = 100;

  private final Vertx vertx;
  private final FleetView fleet;
  private final ModelDependencies around;
  private final WeightedPlacement placement;
  private final Map<String, ServedModels> endpoints = new ConcurrentHashMap<>();
  private long timer = -1;

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
    this.placement = placement;
    this.around = around;
    catalog.follow(Room.MODELS, this);
  }

  @Override
  public void added(Endpoint endpoint) {
    if (endpoint.settings().models() != null) {
      endpoints.put(endpoint.name(), served(endpoint.settings()));
    }
  }

  private ServedModels served(EndpointSettings endpoint) {
    return new ServedModels(endpoint, () -> present(endpoint), placement, around);
  }

  @Override
  public void changed(Endpoint endpoint) {
    ModelsSettings models = endpoint.settings().models();
    ServedModels served = endpoints.get(endpoint.name());
    if (served != null && models != null && served.prefix().equals(models.prefix())) {
      served.configure(endpoint.settings());
    } else {
      removed(endpoint.name());
      added(endpoint);
    }
  }

  @Override
  public void removed(String endpoint) {
    ServedModels served = endpoints.remove(endpoint);
    if (served != null) {
      served.close();
    }
  }

  synchronized void start(@Observes @Priority(StartOrder.MODELS) StartupEvent start) {
    timer = vertx.setPeriodic(TICK_MILLIS, t -> tick());
  }

  synchronized void stop(@Observes ShutdownEvent stop) {
    vertx.cancelTimer(timer);
    endpoints.values().forEach(ServedModels::stop);
    around.api().close();
  }

  void tick() {
    Fleet now = fleet.current();
    endpoints.forEach(
        (name, served) -> {
          EndpointFleet endpoint = now.endpoint(name);
          if (endpoint != null) {
            served.tick(endpoint);
          }
        });
  }

  @Override
  public ModelPlace find(
      EndpointFleet endpoint,
      @Nullable String variant,
      boolean opens,
      Collection<Member> tried,
      long prefix,
      String target,
      ModelPlace.Waiter waiter) {
    ServedModels served = endpoints.get(endpoint.settings().name());
    return served == null
        ? new ModelPlace.Nowhere(noModels(endpoint.settings().name()))
        : served.models().find(endpoint, variant, opens, tried, prefix, target, waiter);
  }

  @Override
  public @Nullable LoadedModel loaded(
      EndpointFleet endpoint,
      @Nullable String variant,
      boolean opens,
      Collection<Member> tried,
      long prefix,
      String target) {
    ServedModels served = endpoints.get(endpoint.settings().name());
    return served == null
        ? null
        : served.models().loaded(endpoint, variant, opens, tried, prefix, target);
  }

  @Override
  public void want(EndpointFleet endpoint, @Nullable String variant, String target) {
    ModelPlace place =
        find(endpoint, variant, false, List.of(), Rendezvous.NONE, target, Nobody.INSTANCE);
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
      // Who asks for the model next gets the error.
    }
  }

  @Override
  public LoadedModel on(EndpointFleet endpoint, Member member, String target) {
    ServedModels served = endpoints.get(endpoint.settings().name());
    if (served != null) {
      return served.models().begunOn(member, target);
    }
    String prefix = requireNonNull(endpoint.settings().models(), "models").prefix();
    LoadedModel last = new LoadedModel(Model.of(prefix, target), member, around.clock());
    last.begin();
    return last;
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
                forget(model);
              }
            });
  }

  private void forget(LoadedModel model) {
    ServedModels served = endpoints.get(model.instance().endpoint());
    if (served != null) {
      served.directory().forget(model);
    }
  }

  private static boolean isGone(ModelState state) {
    return switch (state) {
      case ABSENT, LOADING, EMPTY, FAILED -> true;
      case READY, UNSAID, UNKNOWN -> false;
    };
  }

  @Override
  public List<ModelStatus> of(Member member) {
    ServedModels served = endpoints.get(member.instance().endpoint());
    return served == null ? List.of() : served.directory().on(member);
  }

  /** The endpoint changed while the request was on its way. */
  private static RouterException noModels(String endpoint) {
    return new RouterException(
        FailureKind.INVALID_REQUEST,
        "Endpoint " + endpoint + " does not serve several models any more.");
  }

  /** A load may outlive its endpoint; then it finds nobody. */
  private EndpointFleet present(EndpointSettings endpoint) {
    EndpointFleet present = fleet.current().endpoint(endpoint.name());
    return present != null ? present : new EndpointFleet(endpoint, List.of());
  }
}
