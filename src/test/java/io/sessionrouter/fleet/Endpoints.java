package io.sessionrouter.fleet;

import io.sessionrouter.domain.Instance;
import io.sessionrouter.endpoint.EjectionSettings;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.HealthSettings;
import io.sessionrouter.endpoint.Limits;
import io.sessionrouter.endpoint.ModelsSettings;
import io.sessionrouter.endpoint.SessionSettings;
import io.sessionrouter.endpoint.Timeouts;
import io.sessionrouter.endpoint.VariantSettings;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Endpoints for tests of this room. */
public final class Endpoints {
  public static final Duration INTERVAL = Duration.ofMillis(300);
  public static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** The name of the TLS configuration of all endpoints. */
  public static final String TLS = "instances";

  private Endpoints() {}

  public static EndpointSettings endpoint(
      @Nullable Integer maxPerInstance, VariantSettings... variants) {
    return endpoint(maxPerInstance, INTERVAL, TIMEOUT, variants);
  }

  public static EndpointSettings endpoint(
      @Nullable Integer maxPerInstance,
      Duration interval,
      Duration timeout,
      VariantSettings... variants) {
    return new EndpointSettings(
        "chat",
        List.of(variants),
        new SessionSettings(Duration.ofMinutes(20), null, maxPerInstance, "bye"),
        new Limits(1000),
        new Timeouts(TIMEOUT, TIMEOUT, TIMEOUT),
        new HealthSettings(
            "/ping", interval, timeout, new EjectionSettings(0.5, interval, interval)),
        TLS);
  }

  /** An endpoint of another name, without instances. */
  public static EndpointSettings endpoint(String name) {
    EndpointSettings one = endpoint(null, variant("main", 1));
    return new EndpointSettings(
        name,
        one.variants(),
        one.sessions(),
        one.limits(),
        one.timeouts(),
        one.health(),
        one.tlsConfigurationName());
  }

  /** A multi-model endpoint. */
  public static EndpointSettings many(ModelsSettings models, VariantSettings... variants) {
    EndpointSettings one = endpoint(null, variants);
    return new EndpointSettings(
        one.name(),
        one.variants(),
        one.sessions(),
        one.limits(),
        one.timeouts(),
        one.health(),
        one.tlsConfigurationName(),
        models);
  }

  public static VariantSettings variant(String name, double weight, int... ports) {
    List<URI> urls = new ArrayList<>();
    for (int port : ports) {
      urls.add(URI.create("http://127.0.0.1:" + port));
    }
    return new VariantSettings(name, weight, urls);
  }

  public static EndpointCatalog catalog(EndpointSettings endpoint) {
    return new EndpointCatalog(Map.of(endpoint.name(), endpoint));
  }

  public static Instance instance(String variant, int port) {
    return Instance.at("chat", variant, URI.create("http://127.0.0.1:" + port));
  }

  public static Member healthy(String variant, int port) {
    return new Member(instance(variant, port), new Health(Health.State.HEALTHY, "", 0));
  }
}
