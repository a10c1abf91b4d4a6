package io.sessionrouter.tls;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;

/** The configuration that a key of the router's own configuration names. */
record Named(String key, String name, TlsConfiguration configuration) {

  static Named find(String key, String name, TlsConfigurationRegistry registry) {
    return registry
        .get(name)
        .map(found -> new Named(key, name, found))
        .orElseThrow(
            () -> unusable(key, name, "the name of a configuration under quarkus.tls." + name));
  }

  /** Refuses what the router could only ignore. */
  void refuse(boolean present, String property) {
    if (present) {
      throw unusable("no quarkus.tls." + name + "." + property + ", it is not supported here");
    }
  }

  void require(boolean present, String property, String why) {
    if (!present) {
      throw unusable("quarkus.tls." + name + "." + property + why);
    }
  }

  NamedTls on(NamedTls.Side side) {
    refuse(!configuration.getSSLOptions().getCrlValues().isEmpty(), "certificate-revocation-list");
    try {
      return new NamedTls(name, configuration, side);
    } catch (Exception e) {
      throw new ConfigurationException(
          unusable("certificates and protocols that can be used").getMessage()
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private ConfigurationException unusable(String expected) {
    return unusable(key, name, expected);
  }

  private static ConfigurationException unusable(String key, String name, String expected) {
    return new ConfigurationException(key + ": " + name + " (expected: " + expected + ")");
  }
}
