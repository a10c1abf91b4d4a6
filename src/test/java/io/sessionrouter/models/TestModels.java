package io.sessionrouter.models;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.LoadMarks;
import io.sessionrouter.domain.ModelsInUse;
import io.sessionrouter.domain.SessionCounts;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.fleet.FleetView;
import io.sessionrouter.fleet.Health;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.fleet.WeightedPlacement;
import io.sessionrouter.telemetry.FleetMeters;
import io.sessionrouter.telemetry.ModelMeters;
import io.sessionrouter.tls.Tls;
import io.vertx.core.Vertx;

/** The models of a fleet, over real HTTP, for tests of other rooms. */
public final class TestModels implements AutoCloseable {
  private final ModelRegistry models;

  public TestModels(
      Vertx vertx,
      EndpointCatalog catalog,
      FleetView fleet,
      SessionCounts counts,
      ModelsInUse inUse,
      MeterRegistry registry,
      LoadMarks marks,
      Tls tls) {
    models =
        new ModelRegistry(
            vertx,
            catalog,
            fleet,
            new WeightedPlacement(counts, new FleetMeters(registry)),
            inUse,
            new ModelMeters(registry),
            marks,
            tls);
    models.start(new StartupEvent());
  }

  public Models models() {
    return models;
  }

  /** A member that gets work. */
  public static Member healthy(Instance instance) {
    return new Member(instance, new Health(Health.State.HEALTHY, "", 0));
  }

  @Override
  public void close() {
    models.stop(new ShutdownEvent());
  }
}
