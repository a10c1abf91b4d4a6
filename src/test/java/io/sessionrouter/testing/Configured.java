package io.sessionrouter.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.settings.Mappings;
import io.sessionrouter.settings.Settings;
import io.sessionrouter.settings.SettingsReader;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;

/** Configuration for a test: properties, and an environment that overrides them. */
public record Configured(Map<String, String> properties, Map<String, String> environment) {
  public static final String HOST = "session-router.http.host";
  public static final String CHAT = "session-router.endpoints.chat.";
  public static final String MAIN_INSTANCES = CHAT + "variants.main.instances";

  /** One endpoint with one instance, so that each test says only what it is about. */
  public static Configured valid() {
    return nothing().with(MAIN_INSTANCES, "http://127.0.0.1:8081");
  }

  /** Nothing but what lets it do without authentication. */
  public static Configured nothing() {
    return new Configured(Map.of(HOST, "127.0.0.1"), Map.of());
  }

  public Configured with(String key, String value) {
    Map<String, String> more = new HashMap<>(properties);
    more.put(key, value);
    return new Configured(more, environment);
  }

  public Configured withEnvironment(String name, String value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(name, value);
    return new Configured(properties, more);
  }

  public SmallRyeConfig config() {
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withSources(
                new PropertiesConfigSource(properties, "test", 250),
                new EnvConfigSource(environment, 300));
    Mappings.addTo(builder);
    return builder.build();
  }

  public Settings settings() {
    return SettingsReader.read(config());
  }

  public EndpointSettings chat() {
    return settings().endpoints().get("chat");
  }

  /** Requires that the start ends, with all of these in the message. */
  public void requireRefused(String... parts) {
    assertThatThrownBy(this::settings)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll(parts);
  }
}
