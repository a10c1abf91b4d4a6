package io.sessionrouter.testing;

import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import java.util.Map;
import java.util.Optional;

/** A TLS registry that holds what a test put into it. */
public record TestRegistry(Map<String, ? extends TlsConfiguration> named)
    implements TlsConfigurationRegistry {
  public static final TestRegistry EMPTY = new TestRegistry(Map.of());

  @Override
  public Optional<TlsConfiguration> get(String name) {
    return Optional.ofNullable(named.get(name));
  }

  @Override
  public Optional<TlsConfiguration> getDefault() {
    return Optional.empty();
  }

  @Override
  public void register(String name, TlsConfiguration configuration) {
    throw new UnsupportedOperationException();
  }
}
