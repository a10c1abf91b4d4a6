package io.sessionrouter.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Interner;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.lang.reflect.Field;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** A native image knows the classes that Caffeine looks up by name. */
class NativeCacheTest {

  @Test
  void theNearCachesClassesAreRegistered() throws Exception {
    Object cache = field(new NearCache(10, InstantSource.system()), "entries");

    assertRegistered(field(cache, "cache"));
  }

  @Test
  void theLastTokensClassesAreRegistered() throws Exception {
    assertRegistered(field(field(new LastTokens(), "entries"), "cache"));
  }

  @Test
  void theInternersClassesAreRegistered() throws Exception {
    assertRegistered(field(Interner.<String>newWeakInterner(), "cache"));
  }

  private static void assertRegistered(Object bounded) throws Exception {
    assertThat(NearCache.class.getAnnotation(RegisterForReflection.class).classNames())
        .contains(bounded.getClass().getName(), field(bounded, "nodeFactory").getClass().getName());
  }

  private static Object field(Object of, String name) throws Exception {
    for (Class<?> type = of.getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (field.getName().equals(name)) {
          field.setAccessible(true);
          return field.get(of);
        }
      }
    }
    throw new AssertionError(of.getClass() + " has no field " + name);
  }
}
