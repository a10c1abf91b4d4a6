package io.sessionrouter;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * A native image knows the classes that Caffeine looks up by name, whoever builds a cache: the
 * builders are found in the compiled code, and each of their classes is made and looked into.
 */
@AnalyzeClasses(packages = "io.sessionrouter", importOptions = ImportOption.DoNotIncludeTests.class)
class NativeCachesTest {

  @ArchTest
  static void whatEveryCacheComesToIsRegistered(JavaClasses house) throws Exception {
    Set<String> registered = registered(house);
    Set<Class<?>> builders = builders(house);

    assertThat(builders).isNotEmpty();
    for (Class<?> builder : builders) {
      assertThat(registered)
          .as("what the caches of %s come to", builder)
          .containsAll(generated(builder));
    }
  }

  private static Set<Class<?>> builders(JavaClasses house) {
    Set<Class<?>> builders = new HashSet<>();
    for (JavaClass each : house) {
      for (JavaMethodCall call : each.getMethodCallsFromSelf()) {
        if (call.getTargetOwner().isEquivalentTo(Caffeine.class)
            && Set.of("newBuilder", "from").contains(call.getName())) {
          builders.add(each.reflect());
        }
      }
    }
    return builders;
  }

  private static Set<String> registered(JavaClasses house) {
    Set<String> registered = new HashSet<>();
    for (JavaClass each : house) {
      if (each.isAnnotatedWith(RegisterForReflection.class)) {
        RegisterForReflection names = each.getAnnotationOfType(RegisterForReflection.class);
        if (names.fields()) {
          registered.addAll(Arrays.asList(names.classNames()));
        }
      }
    }
    return registered;
  }

  /** The classes that Caffeine found by name for the caches that an object holds in its fields. */
  private static Set<String> generated(Class<?> builder) throws Exception {
    Object made = make(builder);
    Set<String> generated = new HashSet<>();
    for (Field field : builder.getDeclaredFields()) {
      if (Cache.class.isAssignableFrom(field.getType())) {
        field.setAccessible(true);
        Object bounded = field(field.get(made), "cache");
        generated.add(bounded.getClass().getName());
        generated.add(field(bounded, "nodeFactory").getClass().getName());
      }
    }
    assertThat(generated)
        .as(
            "%s keeps what it builds in a field of the type Cache, where this test finds it",
            builder)
        .isNotEmpty();
    return generated;
  }

  private static Object make(Class<?> builder) throws Exception {
    Constructor<?> constructor = builder.getDeclaredConstructors()[0];
    constructor.setAccessible(true);
    Object[] arguments =
        Arrays.stream(constructor.getParameterTypes()).map(NativeCachesTest::any).toArray();
    return constructor.newInstance(arguments);
  }

  private static Object any(Class<?> type) {
    if (type == int.class) {
      return 10;
    }
    if (type == InstantSource.class) {
      return InstantSource.system();
    }
    if (type == Duration.class) {
      return Duration.ofSeconds(1);
    }
    throw new AssertionError("this test knows no value of " + type + " to make a cache with");
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
