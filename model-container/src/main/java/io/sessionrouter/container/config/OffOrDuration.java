package io.sessionrouter.container.config;

import io.quarkus.runtime.configuration.DurationConverter;
import java.time.Duration;
import org.eclipse.microprofile.config.spi.Converter;
import org.jspecify.annotations.Nullable;

/** Reads a duration that may also be {@code off}. */
public final class OffOrDuration implements Converter<Duration> {
  private static final long serialVersionUID = 1L;

  @Override
  public @Nullable Duration convert(String value) {
    String text = value.strip();
    return text.equalsIgnoreCase("off") ? null : DurationConverter.parseDuration(text);
  }
}
