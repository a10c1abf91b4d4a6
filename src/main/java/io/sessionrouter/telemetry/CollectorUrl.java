package io.sessionrouter.telemetry;

import io.sessionrouter.config.Values;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the URL of a collector of traces. */
final class CollectorUrl {
  static final String EXPECTED = "off, or a URL such as http://collector:4318";
  private static final Set<String> SCHEMES = Set.of("http", "https");

  private CollectorUrl() {}

  /** Whether it is one that {@link #read} understands. */
  static boolean isValid(String value) {
    if (value.strip().equals(Values.OFF)) {
      return true;
    }
    try {
      URI url = URI.create(value.strip());
      return url.getScheme() != null && SCHEMES.contains(url.getScheme()) && url.getHost() != null;
    } catch (IllegalArgumentException notAUrl) {
      return false;
    }
  }

  /** Null if there is none, or if the value is not valid. */
  static @Nullable URI read(String value) {
    return isValid(value) && !value.strip().equals(Values.OFF) ? URI.create(value.strip()) : null;
  }
}
