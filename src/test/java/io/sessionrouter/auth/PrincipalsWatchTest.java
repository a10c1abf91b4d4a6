package io.sessionrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.sessionrouter.telemetry.AuthMeters;
import io.sessionrouter.testing.MutableClock;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of principals that changes while the router runs; the looks are the test's. */
class PrincipalsWatchTest {
  private static final String NOBODY = "{\"principals\": []}";

  private static Vertx vertx;

  private final MutableClock clock = new MutableClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private long modified = 1_000_000;
  private PrincipalsWatch watch;

  @TempDir Path directory;

  @BeforeAll
  static void openVertx() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void closeVertx() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @BeforeEach
  void begin() throws IOException {
    write(file("AKIAONE"));
    watch = watch();
  }

  private PrincipalsWatch watch() {
    return new PrincipalsWatch(
        vertx, directory.resolve("principals.json"), new AuthMeters(registry), clock);
  }

  private static String file(String id) {
    return "{\"principals\": [{\"name\": \"a\", \"accessKeys\":"
        + " [{\"id\": \"%s\", \"secret\": \"secret-of-a\"}]}]}".formatted(id);
  }

  /** Files are distinguished by their times, which may be too coarse for a test. */
  private void write(String text) throws IOException {
    Path file = directory.resolve("principals.json");
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, FileTime.fromMillis(modified += 1000));
  }

  private boolean knows(String id) {
    return watch.get().find(id) != null;
  }

  private void lookTwice() {
    watch.look();
    watch.look();
  }

  private double reads(String result) {
    return registry.get("session_router_principals_reads").tag("result", result).counter().count();
  }

  @Test
  void aFileThatCannotBeUsedEndsTheStart() throws IOException {
    write("{}");
    assertThatThrownBy(this::watch)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("principals.json: principals: missing");
    Files.delete(directory.resolve("principals.json"));
    assertThatThrownBy(this::watch)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("principals.json: not there");
  }

  @Test
  void aChangeComesIntoForceWhenTheFileHasStayedAsItIs() throws IOException {
    write(file("AKIATWO"));
    watch.look();
    assertThat(knows("AKIATWO")).isFalse();
    watch.look();
    assertThat(knows("AKIATWO")).isTrue();
    assertThat(knows("AKIAONE")).isFalse();
    assertThat(reads("applied")).isEqualTo(1);
  }

  @Test
  void whatHasNotChangedIsNotReadAgain() {
    lookTwice();
    lookTwice();
    assertThat(reads("applied")).isZero();
  }

  @Test
  void aFileThatCannotBeUsedIsRefusedAsAWhole() throws IOException {
    Instant since = watch.state().since();
    clock.advance(Duration.ofSeconds(5));
    write(file("AKIATWO").replace("\"name\"", "\"nom\""));
    lookTwice();
    assertThat(knows("AKIAONE")).isTrue();
    assertThat(knows("AKIATWO")).isFalse();
    PrincipalsState state = watch.state();
    assertThat(state.current()).isFalse();
    assertThat(state.since()).isEqualTo(since);
    assertThat(state.refused().at()).isEqualTo(clock.instant());
    assertThat(state.refused().problems())
        .hasSize(2)
        .allMatch(problem -> problem.startsWith(state.file() + ": principals[0].n"));
    assertThat(reads("refused")).isEqualTo(1);

    write(file("AKIATWO"));
    lookTwice();
    assertThat(knows("AKIATWO")).isTrue();
    assertThat(watch.state().current()).isTrue();
    assertThat(watch.state().since()).isEqualTo(clock.instant());
  }

  @Test
  void aFileThatIsGoneIsRefused() throws IOException {
    Files.delete(directory.resolve("principals.json"));
    lookTwice();
    assertThat(knows("AKIAONE")).isTrue();
    assertThat(watch.state().refused().problems()).singleElement().asString().contains("not there");
  }

  @Test
  void aFileThatIsNoTextIsRefused() throws IOException {
    Files.write(directory.resolve("principals.json"), new byte[] {'{', (byte) 0xff, '}'});
    lookTwice();
    assertThat(watch.state().refused().problems()).singleElement().asString().contains("not UTF-8");
  }

  /** Kubernetes exchanges a Secret's files by a link to a directory. */
  @Test
  void aMountedSecretIsFollowed() throws IOException {
    Path mount = Files.createDirectory(directory.resolve("mount"));
    Files.writeString(
        Files.createDirectory(mount.resolve("..one")).resolve("principals.json"), file("AKIAONE"));
    Files.writeString(
        Files.createDirectory(mount.resolve("..two")).resolve("principals.json"), file("AKIATWO"));
    Files.createSymbolicLink(mount.resolve("..data"), Path.of("..one"));
    Files.createSymbolicLink(
        mount.resolve("principals.json"), Path.of("..data", "principals.json"));
    watch =
        new PrincipalsWatch(
            vertx, mount.resolve("principals.json"), new AuthMeters(registry), clock);
    Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of("..two"));
    Files.move(
        mount.resolve("..data_tmp"), mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    lookTwice();
    assertThat(knows("AKIATWO")).isTrue();
  }

  @Test
  void itIsWatchedAndCountedWhileTheRouterRuns() throws IOException {
    watch.start();
    try {
      assertThat(gauge("principals")).isEqualTo(1);
      assertThat(gauge("principals_current")).isEqualTo(1);
      write(NOBODY);
      await().until(() -> gauge("principals") == 0);
    } finally {
      watch.stop();
    }
  }

  private double gauge(String name) {
    return registry.get("session_router_" + name).gauge().value();
  }

  @Test
  void itIsReadWithoutAChangeOnDemand() {
    watch.readAgain();
    await().until(() -> reads("applied") == 1);
  }

  @Test
  void withoutAFileThereIsNobodyAndNothingToWatch() {
    PrincipalsWatch none = new PrincipalsWatch(vertx, null, new AuthMeters(registry), clock);
    none.start();
    none.look();
    none.readAgain();
    none.stop();
    assertThat(none.get().size()).isZero();
    assertThat(none.state().file()).isNull();
    assertThat(none.state().current()).isTrue();
  }
}
