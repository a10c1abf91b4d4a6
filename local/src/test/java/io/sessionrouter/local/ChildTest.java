package io.sessionrouter.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path logs;

  @Test
  void logsWhatTheProcessPrints() {
    Child child = Child.start(shell("echo out; echo err >&2", () -> false, LONG), logs);
    child.onExit().join();

    assertThat(logs.resolve("part.log")).hasContent("out\nerr\n");
  }

  @Test
  void hasTheEnvironmentOfItsService() {
    Service service =
        new Service(
            "part",
            URI.create("x:y"),
            List.of("sh", "-c", "echo $PLACE"),
            Map.of("PLACE", "here"),
            () -> false,
            LONG);

    Child.start(service, logs).onExit().join();

    assertThat(logs.resolve("part.log")).hasContent("here\n");
  }

  @Test
  void isReadyWhenItsProbeSaysSo() throws Exception {
    Path sign = logs.resolve("sign");
    Child child =
        Child.start(shell("touch sign; exec sleep 60", () -> Files.exists(sign), LONG), logs);
    try {
      child.awaitReady();

      assertThat(sign).exists();
    } finally {
      child.kill();
    }
  }

  @Test
  void tellsAboutTheWait() {
    List<Duration> told = new ArrayList<>();
    Child child = Child.start(shell("exec sleep 60", () -> told.size() == 2, LONG), logs);
    try {
      child.awaitReady(told::add);

      assertThat(told).hasSize(2).isSorted();
    } finally {
      child.kill();
    }
  }

  @Test
  void thatEndsWhileStartingFailsWithTheEndOfItsLog() {
    Child child =
        Child.start(
            shell("for i in $(seq 100); do echo line $i; done; exit 7", () -> false, LONG), logs);

    assertThatThrownBy(child::awaitReady)
        .isInstanceOf(StartFailure.class)
        .hasMessageContainingAll("part ended", "exit code 7", "part.log", "line 81", "line 100")
        .hasMessageNotContaining("line 80\n");
  }

  @Test
  void thatEndedIsNotReadyWhoeverAnswersInItsPlace() {
    Child child = Child.start(shell("exit 1", () -> true, LONG), logs);
    child.onExit().join();

    assertThatThrownBy(child::awaitReady).hasMessageContaining("part ended");
  }

  @Test
  void thatTakesTooLongFails() {
    Child child = Child.start(shell("exec sleep 60", () -> false, Duration.ofMillis(1)), logs);
    try {
      assertThatThrownBy(child::awaitReady).hasMessageContaining("part is not ready after");
    } finally {
      child.kill();
    }
  }

  @Test
  void thatCannotBeStartedSaysWhy() {
    Service service =
        new Service(
            "part", URI.create("x:y"), List.of("no-such-program"), Map.of(), () -> true, LONG);

    assertThatThrownBy(() -> Child.start(service, logs))
        .isInstanceOf(StartFailure.class)
        .hasMessageContainingAll("part: cannot start", "no-such-program");
  }

  @Test
  void thatDoesNotEndWhenAskedIsEnded() {
    Path sign = logs.resolve("sign");
    Child child =
        Child.start(
            shell(
                "trap '' TERM; touch sign; while :; do sleep 1; done",
                () -> Files.exists(sign),
                LONG),
            logs);
    child.awaitReady();

    child.terminate();
    child.awaitEnd(Duration.ofMillis(1));

    assertThat(child.alive()).isFalse();
  }

  private Service shell(String script, Probe ready, Duration patience) {
    String inLogs = "cd '%s'; %s".formatted(logs, script);
    return new Service(
        "part", URI.create("x:y"), List.of("sh", "-c", inLogs), Map.of(), ready, patience);
  }
}
