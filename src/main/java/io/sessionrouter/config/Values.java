package io.sessionrouter.config;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import java.time.Duration;
import org.eclipse.microprofile.config.spi.Converter;
import org.jspecify.annotations.Nullable;

/** How values are written, where the usual converters would not say what they expected. */
public final class Values {
  /** Of what can be switched off. */
  public static final String OFF = "off";

  /** Of what need not be there. */
  public static final String NONE = "none";

  /** Of memory that grows with the heap. */
  public static final String HALF = "half-of-heap";

  private static final String REQUIRED = "required";

  private Values() {}

  private static Duration duration(String value, String expected) {
    try {
      return DurationConverter.parseDuration(value);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(expected(expected), e);
    }
  }

  private static String expected(String what) {
    return "(expected: " + what + ")";
  }

  /** A duration with a unit. */
  public static final class Time implements Converter<Duration> {
    private static final long serialVersionUID = 1L;

    @Override
    public Duration convert(String value) {
      return duration(value, "a duration such as 250ms, 60s or 20m");
    }
  }

  /** A duration with a unit, or {@value Values#OFF}. */
  public static final class TimeOrOff implements Converter<Duration> {
    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable Duration convert(String value) {
      return value.equalsIgnoreCase(OFF)
          ? null
          : duration(value, "off, or a duration such as 90s or 5m");
    }
  }

  /** A size in bytes, or {@value Values#HALF}. */
  public static final class SizeOrHalf implements Converter<MemorySize> {
    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable MemorySize convert(String value) {
      try {
        return value.equalsIgnoreCase(HALF) ? null : new MemorySizeConverter().convert(value);
      } catch (RuntimeException e) {
        throw new IllegalArgumentException(expected("half-of-heap, or a size such as 64M"), e);
      }
    }
  }

  /** A name, or {@value Values#NONE}. */
  public static final class NameOrNone implements Converter<String> {
    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable String convert(String value) {
      return value.equalsIgnoreCase(NONE) ? null : value;
    }
  }

  /** {@value Values#REQUIRED}, or {@value Values#NONE}. */
  public static final class RequiredOrNone implements Converter<Boolean> {
    private static final long serialVersionUID = 1L;

    @Override
    public Boolean convert(String value) {
      if (!value.equalsIgnoreCase(NONE) && !value.equalsIgnoreCase(REQUIRED)) {
        throw new IllegalArgumentException(expected("none, or required"));
      }
      return value.equalsIgnoreCase(REQUIRED);
    }
  }

  /** A whole number, or {@value Values#NONE}. */
  public static final class CountOrNone implements Converter<Integer> {
    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable Integer convert(String value) {
      try {
        return value.equalsIgnoreCase(NONE) ? null : Integer.valueOf(value);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(expected("none, or a whole number"), e);
      }
    }
  }
}
