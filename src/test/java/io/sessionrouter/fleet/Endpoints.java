package io.sessionrouter.fleet;

import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.Settings;
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

  public static Settings.Endpoint endpoint(
      @Nullable Integer maxPerInstance, Settings.Variant... variants) {
    return endpoint(maxPerInstance, INTERVAL, TIMEOUT, variants);
  }

  public static Settings.Endpoint endpoint(
      @Nullable Integer maxPerInstance,
      Duration interval,
      Duration timeout,
      Settings.Variant... variants) {
    return new Settings.Endpoint(
        "chat",
        List.of(variants),
        new Settings.Sessions(Duration.ofMinutes(20), null, maxPerInstance, "bye"),
        new Settings.Limits(1000),
        new Settings.Timeouts(TIMEOUT, TIMEOUT, TIMEOUT),
        new Settings.Health(
            "/ping", interval, timeout, new Settings.Ejection(0.5, interval, interval)),
        TLS);
  }

  /** A multi-model endpoint. */
  public static Settings.Endpoint many(Settings.Models models, Settings.Variant... variants) {
    Settings.Endpoint one = endpoint(null, variants);
    return new Settings.Endpoint(
        one.name(),
        one.variants(),
        one.sessions(),
        one.limits(),
        one.timeouts(),
        one.health(),
        one.tlsConfigurationName(),
        models);
  }

  public static Settings.Variant variant(String name, int weight, int... ports) {
    List<URI> urls = new ArrayList<>();
    for (int port : ports) {
      urls.add(URI.create("http://127.0.0.1:" + port));
    }
    return new Settings.Variant(name, weight, urls);
  }

  public static Settings settings(Settings.Endpoint endpoint) {
    Settings.Http http =
        new Settings.Http("127.0.0.1", 0, 1, null, 1 << 20, TIMEOUT, TIMEOUT, TIMEOUT, null);
    return new Settings(http, new Settings.Upstream(TIMEOUT, 1), Map.of(endpoint.name(), endpoint));
  }

  public static Instance instance(String variant, int port) {
    return Instance.at("chat", variant, URI.create("http://127.0.0.1:" + port));
  }

  public static Member healthy(String variant, int port) {
    return new Member(instance(variant, port), new Health(Health.State.HEALTHY, "", 0));
  }
}
