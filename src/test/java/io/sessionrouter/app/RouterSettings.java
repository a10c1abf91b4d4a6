package io.sessionrouter.app;

import java.util.HashMap;
import java.util.Map;

/** The settings that every router of these tests needs, also one that is a process of its own. */
final class RouterSettings {
  private RouterSettings() {}

  /** On free ports of loopback, over the given Redis; for more to be added. */
  static Map<String, String> of(String redis) {
    Map<String, String> settings = new HashMap<>();
    settings.put("quarkus.redis.hosts", redis);
    settings.put("quarkus.http.host", "127.0.0.1");
    settings.put("session-router.http.host", "127.0.0.1");
    settings.put("session-router.http.port", "0");
    settings.put("session-router.drain.delay", "0s");
    return settings;
  }

  /** An endpoint with one variant, which notices quickly how its instances are. */
  static void endpoint(String name, String instances, Map<String, String> settings) {
    settings.put("session-router.endpoints." + name + ".variants.main.instances", instances);
    patient(name, settings);
  }

  /** Checked often, and not given up soon: a busy machine may be slow, which is not tested here. */
  static void patient(String endpoint, Map<String, String> settings) {
    String key = "session-router.endpoints." + endpoint;
    settings.put(key + ".health.interval", "200ms");
    settings.put(key + ".health.timeout", "20s");
    settings.put(key + ".timeouts.connect", "5s");
  }
}
