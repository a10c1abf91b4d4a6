package io.sessionrouter.config;

import io.sessionrouter.endpoint.EndpointSettings;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;

/** Configuration for a test: properties, and an environment that overrides them. */
record Configured(Map<String, String> properties, Map<String, String> environment) {
  static final String CHAT = "session-router.endpoints.chat.";
  static final String MAIN_INSTANCES = CHAT + "variants.main.instances";

  /** One endpoint with one instance, so that each test says only what it is about. */
  static Configured valid() {
    return new Configured(Map.of(MAIN_INSTANCES, "http://127.0.0.1:8081"), Map.of());
  }

  static Configured nothing() {
    return new Configured(Map.of(), Map.of());
  }

  Configured with(String key, String value) {
    Map<String, String> more = new HashMap<>(properties);
    more.put(key, value);
    return new Configured(more, environment);
  }

  Configured withEnvironment(String name, String value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(name, value);
    return new Configured(properties, more);
  }

  SmallRyeConfig config() {
    return new SmallRyeConfigBuilder()
        .addDiscoveredConverters()
        .withMapping(RouterConfig.class)
        .withSources(
            new PropertiesConfigSource(properties, "test", 250),
            new EnvConfigSource(environment, 300))
        .build();
  }

  Settings settings() {
    return SettingsReader.read(config().getConfigMapping(RouterConfig.class));
  }

  EndpointSettings chat() {
    return settings().catalog().endpoints().get("chat");
  }
}
