package io.sessionrouter.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.arc.Unremovable;
import io.sessionrouter.config.Keys;
import io.smallrye.config.ConfigMapping;
import org.junit.jupiter.api.Test;

class MappingsTest {

  @Test
  void allHaveOnePrefixSoThatAKeyThatNoneHasIsFound() {
    assertThat(Mappings.ALL)
        .extracting(mapping -> mapping.getAnnotation(ConfigMapping.class).prefix())
        .containsOnly(Keys.ROOT);
  }

  @Test
  void quarkusMapsAllAlthoughNoneIsInjected() {
    assertThat(Mappings.ALL).allMatch(mapping -> mapping.isAnnotationPresent(Unremovable.class));
  }

  /** The pattern of the build file, which compiles them for Maven's own Java. */
  @Test
  void theirNamesAreThoseThatTheBuildLooksFor() {
    assertThat(Mappings.ALL)
        .allMatch(mapping -> mapping.getName().matches("io(\\.[a-z]+)+\\.\\w+Config"));
  }
}
