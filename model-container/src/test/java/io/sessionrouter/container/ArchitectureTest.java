package io.sessionrouter.container;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The rooms and the arrows between them. */
class ArchitectureTest {
  private static final String BASE = "io.sessionrouter.container.";
  private static final Path SOURCES = Path.of("src/main/java/io/sessionrouter/container");
  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.sessionrouter.container");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fault | ",
        "config | ",
        "artifact | config fault",
        "model | ",
        "telemetry | ",
        "text | fault model",
        "generation | fault model text",
        "session | fault generation",
        "engine | config generation model",
        "host | artifact config engine fault generation model session telemetry text",
        "api | config fault generation host session telemetry text",
      })
  void aRoomKnowsOnlyThese(String room, String known) {
    List<String> allowed = known == null ? List.of() : List.of(known.split(" "));
    String[] forbidden =
        rooms()
            .filter(other -> !other.equals(room) && !allowed.contains(other))
            .map(other -> BASE + other + "..")
            .toArray(String[]::new);

    noClasses()
        .that()
        .resideInAPackage(BASE + room + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden)
        .check(CODE);
  }

  @Test
  void roomsHaveNoCycles() {
    slices().matching(BASE + "(*)..").should().beFreeOfCycles().check(CODE);
  }

  @Test
  void noMoreThanTwoTypesOfARoomNeedEachOther() {
    assertThat(new Circles(CODE).largerThan(2)).isEmpty();
  }

  @Test
  void onlyTheEngineKnowsDjlAndOnlyTextItsTokenizers() {
    noClasses()
        .that()
        .resideOutsideOfPackages(BASE + "engine..", BASE + "text..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl..")
        .check(CODE);
    noClasses()
        .that()
        .resideInAPackage(BASE + "text..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.djl.ndarray..", "ai.djl.pytorch..", "ai.djl.engine..")
        .check(CODE);
  }

  @Test
  void onlyTheApiKnowsHttp() {
    noClasses()
        .that()
        .resideOutsideOfPackage(BASE + "api..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.vertx..", "io.netty..")
        .check(CODE);
  }

  @Test
  void onlyArtifactsKnowWhereModelsLieAndHowTheyArePacked() {
    noClasses()
        .that()
        .resideOutsideOfPackage(BASE + "artifact..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("software.amazon..", "org.apache.commons..", "java.net.http..")
        .check(CODE);
  }

  @Test
  void onlyTelemetryKnowsMeters() {
    noClasses()
        .that()
        .resideOutsideOfPackage(BASE + "telemetry..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.micrometer..")
        .check(CODE);
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void everyRoomSaysWhatItIsFor(String room) throws IOException {
    assertThat(Files.readString(SOURCES.resolve(room).resolve("package-info.java")))
        .contains("/**", "@NullMarked");
  }

  static Stream<String> rooms() {
    return Stream.of(
        "fault",
        "config",
        "artifact",
        "model",
        "telemetry",
        "text",
        "generation",
        "session",
        "engine",
        "host",
        "api");
  }

  @Test
  void thereAreNoOtherRooms() throws IOException {
    try (Stream<Path> folders = Files.list(SOURCES)) {
      assertThat(folders.map(folder -> folder.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(rooms().toList());
    }
  }
}
