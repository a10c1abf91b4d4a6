package io.sessionrouter.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildrenTest {
  @TempDir Path logs;

  @Test
  void endWhenClosed() {
    Child first;
    Child second;
    try (Children children = new Children(logs)) {
      first = children.start(sleeper("first"));
      second = children.start(sleeper("second"));

      assertThat(children.running()).containsExactly(first, second);
    }
    assertThat(first.alive()).isFalse();
    assertThat(second.alive()).isFalse();
  }

  @Test
  void startNothingOnceClosed() {
    Children children = new Children(logs);
    children.close();

    assertThat(children.closed()).isTrue();
    assertThatThrownBy(() -> children.start(sleeper("late")))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("late");
  }

  @Test
  void tellWhoRunsWheneverThereIsANewOne() {
    List<List<String>> told = new ArrayList<>();
    try (Children children =
        new Children(logs, all -> told.add(all.stream().map(Child::name).toList()))) {
      children.start(sleeper("first")).kill();
      children.start(sleeper("second"));
      children.start(sleeper("third"));
    }
    assertThat(told)
        .containsExactly(List.of("first"), List.of("second"), List.of("second", "third"));
  }

  private static Service sleeper(String name) {
    return new Service(
        name, URI.create("x:y"), List.of("sleep", "60"), Map.of(), () -> true, Duration.ZERO);
  }
}
