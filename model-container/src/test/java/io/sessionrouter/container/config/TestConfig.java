package io.sessionrouter.container.config;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.quarkus.runtime.configuration.PathConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.eclipse.microprofile.config.spi.Converter;

/** The configuration as it would be with these keys, without a running container. */
public final class TestConfig {
  private TestConfig() {}

  public static ModelConfig of(Map<String, String> keys) {
    return new SmallRyeConfigBuilder()
        .withSources(new PropertiesConfigSource(keys, "test", 100))
        .withConverters(
            new Converter<?>[] {
              new DurationConverter(), new MemorySizeConverter(), new PathConverter()
            })
        .withMapping(ModelConfig.class)
        .build()
        .getConfigMapping(ModelConfig.class);
  }
}
