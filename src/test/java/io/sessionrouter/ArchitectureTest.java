package io.sessionrouter;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.domain.JavaParameter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.sessionrouter.domain.StartOrder;
import io.sessionrouter.domain.StopOrder;
import io.sessionrouter.settings.Mappings;
import io.smallrye.config.ConfigMapping;
import jakarta.annotation.Priority;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** The house: which room may know which. */
@AnalyzeClasses(packages = "io.sessionrouter", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String HOUSE = "io.sessionrouter";

  /**
   * Every room, and the other rooms it may use.
   *
   * <p>What can be configured is read in its own room, with the means that config has for all;
   * settings puts that together, so it lies above them.
   */
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          room("domain"),
          room("config"),
          room("telemetry", "config", "domain"),
          room("endpoint", "config", "domain", "telemetry"),
          room("tls", "config", "domain", "telemetry", "endpoint"),
          room("container", "domain", "telemetry", "endpoint", "tls"),
          room("fleet", "config", "domain", "telemetry", "endpoint", "tls", "container"),
          room("models", "domain", "telemetry", "endpoint", "tls", "container", "fleet"),
          room("session", "config", "domain", "telemetry", "endpoint"),
          room("auth", "config", "domain", "telemetry"),
          room(
              "lifecycle",
              "domain",
              "telemetry",
              "endpoint",
              "tls",
              "container",
              "fleet",
              "session"),
          room("upstream", "config", "domain", "telemetry", "endpoint", "tls", "container"),
          room(
              "gateway",
              "config",
              "domain",
              "telemetry",
              "auth",
              "endpoint",
              "tls",
              "container",
              "fleet",
              "models",
              "session",
              "upstream"),
          room(
              "ops",
              "config",
              "domain",
              "telemetry",
              "auth",
              "endpoint",
              "container",
              "fleet",
              "models",
              "session",
              "lifecycle",
              "upstream",
              "gateway"),
          room(
              "settings",
              "config",
              "domain",
              "telemetry",
              "auth",
              "endpoint",
              "tls",
              "fleet",
              "session",
              "upstream",
              "gateway",
              "ops"));

  /** Back rooms: only their own room's doors lead to the rest of the house. */
  private static final Set<String> BACK_ROOMS = Set.of("fleet.discovery");

  @ArchTest
  static void aRoomUsesOnlyTheRoomsItMay(JavaClasses house) {
    MAY_USE.forEach((room, others) -> usesOnly(room, others).check(house));
  }

  @ArchTest
  static void everyPackageIsAKnownRoom(JavaClasses house) {
    Set<String> known = names(MAY_USE.keySet());
    known.addAll(names(BACK_ROOMS));
    known.add(HOUSE + ".auth.signature");
    known.add(HOUSE + ".auth.quota");
    known.add(HOUSE + ".gateway.http1");
    assertThat(packages(house)).isSubsetOf(known);
  }

  @ArchTest
  static void nobodyGoesThroughABackRoom(JavaClasses house) {
    BACK_ROOMS.forEach(
        room ->
            noClasses()
                .that()
                .resideOutsideOfPackage(HOUSE + "." + room)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(HOUSE + "." + room)
                .check(house));
  }

  /** Another version of HTTP is a package beside it. */
  @ArchTest
  static final ArchRule thePathDoesNotKnowTheWire =
      noClasses()
          .that()
          .resideInAPackage(HOUSE + ".gateway")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(HOUSE + ".gateway.http1..");

  @ArchTest
  static void everyPackageSaysWhatItIsForAndWhatMayBeNull(JavaClasses house) {
    for (String name : packages(house)) {
      JavaPackage room = house.getPackage(name);
      assertThat(room.tryGetAnnotationOfType(NullMarked.class))
          .as("%s has a package-info.java with @NullMarked", name)
          .isPresent();
    }
  }

  @ArchTest
  static final ArchRule theVocabularyKnowsNoMachinery =
      classes()
          .that()
          .resideInAPackage(HOUSE + ".domain..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", "org.jspecify..", HOUSE + ".domain..");

  @ArchTest
  static final ArchRule settingsKnowsOnlyWhatIsConfiguredOfOtherRooms =
      noClasses()
          .that()
          .resideInAPackage(HOUSE + ".settings..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      HOUSE + ".telemetry..",
                      HOUSE + ".auth..",
                      HOUSE + ".tls..",
                      HOUSE + ".fleet..",
                      HOUSE + ".session..",
                      HOUSE + ".upstream..",
                      HOUSE + ".gateway..",
                      HOUSE + ".ops..")
                  .and(
                      isNotNamedWith(
                          "Config", "Reader", "Settings", "Options", "ConfigurationMeters")));

  @ArchTest
  static void everyMappingIsReadWithTheOthers(JavaClasses house) {
    Set<String> mappings =
        house.stream()
            .filter(type -> type.isAnnotatedWith(ConfigMapping.class))
            .map(JavaClass::getName)
            .collect(Collectors.toSet());
    assertThat(Mappings.ALL)
        .extracting(Class::getName)
        .containsExactlyInAnyOrderElementsOf(mappings);
  }

  @ArchTest
  static final ArchRule roomsDoNotGoInCircles =
      slices().matching(HOUSE + ".(*)..").should().beFreeOfCycles();

  @ArchTest
  static void filesOfAPackageDoNotGoInCircles(JavaClasses house) {
    for (String name : packages(house)) {
      assertThat(FileCircles.largerThanTwo(house, name)).as("circles in %s", name).isEmpty();
    }
  }

  /** Who comes before whom is read in one place. */
  @ArchTest
  static void everyPlaceInTheOrderOfStartAndStopHasAName(JavaClasses house) {
    Set<Integer> named =
        Stream.of(StartOrder.class, StopOrder.class)
            .flatMap(order -> house.get(order).getFields().stream())
            .map(place -> (Integer) value(place.reflect()))
            .collect(Collectors.toSet());
    for (JavaClass type : house) {
      for (JavaMethod method : type.getMethods()) {
        for (JavaParameter event : method.getParameters()) {
          event
              .tryGetAnnotationOfType(Priority.class)
              .ifPresent(
                  place -> assertThat(named).as(method.getFullName()).contains(place.value()));
        }
      }
    }
  }

  private static Object value(Field constant) {
    try {
      return constant.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  @ArchTest static final ArchRule injectionIsByConstructor = NO_CLASSES_SHOULD_USE_FIELD_INJECTION;

  @ArchTest
  static final ArchRule noOtherLog =
      noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging..");

  /** But for the program's beginning, which runs commands, too. */
  @ArchTest
  static final ArchRule noPrinting =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName(HOUSE + ".ops.RouterMain")
          .should(ACCESS_STANDARD_STREAMS);

  private static Map.Entry<String, Set<String>> room(String name, String... others) {
    return Map.entry(name, Set.of(others));
  }

  private static ArchRule usesOnly(String room, Set<String> others) {
    String[] allowed =
        Stream.concat(Stream.of(room), others.stream())
            .map(name -> HOUSE + "." + name + "..")
            .toArray(String[]::new);
    return classes()
        .that()
        .resideInAPackage(HOUSE + "." + room + "..")
        .should()
        .onlyDependOnClassesThat(
            resideOutsideOfPackage(HOUSE + "..").or(resideInAnyPackage(allowed)))
        .as("room " + room + " uses only " + others)
        .allowEmptyShould(true);
  }

  private static DescribedPredicate<JavaClass> isNotNamedWith(String... endings) {
    return DescribedPredicate.describe(
        "is not named with " + String.join(" or ", endings),
        type -> Stream.of(endings).noneMatch(type.getSimpleName()::endsWith));
  }

  private static Set<String> packages(JavaClasses house) {
    return house.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
  }

  private static Set<String> names(Set<String> rooms) {
    return rooms.stream().map(room -> HOUSE + "." + room).collect(Collectors.toSet());
  }
}
