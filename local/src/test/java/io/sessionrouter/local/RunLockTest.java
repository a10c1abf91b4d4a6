package io.sessionrouter.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {
  @TempDir Path state;

  @Test
  void isHeldByOne() {
    try (RunLock held = RunLock.take(state)) {
      held.record(List.of());

      assertThatThrownBy(() -> RunLock.take(state))
          .isInstanceOf(StartFailure.class)
          .hasMessageContainingAll("already running", "kill " + ProcessHandle.current().pid());
    }
  }

  @Test
  void canBeTakenAgainOnceGivenBack() {
    RunLock.take(state).close();

    try (RunLock again = RunLock.take(state)) {
      assertThat(again.leftovers()).isEmpty();
    }
  }

  @Test
  void findsAndEndsWhatAKilledLauncherLeftBehind() throws Exception {
    Child left = Child.start(sleeper("left"), state);
    leaveListOf(left);

    try (RunLock next = RunLock.take(state)) {
      List<ProcessMark> leftovers = next.leftovers();
      ByteArrayOutputStream told = new ByteArrayOutputStream();
      Leftovers.end(leftovers, new Progress(new PrintStream(told, true, StandardCharsets.UTF_8)));

      assertThat(leftovers).extracting(ProcessMark::name).containsExactly("left");
      assertThat(told.toString(StandardCharsets.UTF_8)).contains("left (%d)".formatted(left.pid()));
      assertThat(left.alive()).isFalse();
      assertThat(next.leftovers()).isEmpty();
    }
  }

  @Test
  void leavesAloneAProcessThatGotTheNumberOfAnEarlierOne() throws Exception {
    Child other = Child.start(sleeper("other"), state);
    try {
      ProcessMark real = ProcessMark.of("chat-1", other.handle());
      list(
          new ProcessMark(real.pid(), real.started().minusSeconds(60), real.program(), "chat-1"),
          new ProcessMark(real.pid(), real.started(), "/usr/bin/another", "chat-1"));

      try (RunLock next = RunLock.take(state)) {
        assertThat(next.leftovers()).isEmpty();
      }
      assertThat(other.alive()).isTrue();
    } finally {
      other.kill();
    }
  }

  @Test
  void aDamagedListNamesNothing() throws Exception {
    Files.write(state.resolve("processes"), List.of("", "1", "x\ty\tz\tw", "1\tyesterday\ta\tb"));

    try (RunLock next = RunLock.take(state)) {
      assertThat(next.leftovers()).isEmpty();
    }
  }

  private void leaveListOf(Child child) throws Exception {
    list(ProcessMark.of(child.name(), child.handle()));
  }

  private void list(ProcessMark... marks) throws Exception {
    Files.write(
        state.resolve("processes"), List.of(marks).stream().map(ProcessMark::line).toList());
  }

  private static Service sleeper(String name) {
    return new Service(
        name, URI.create("x:y"), List.of("sleep", "60"), Map.of(), () -> true, Duration.ZERO);
  }
}
