package io.sessionrouter.container.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One line a key, and not for ever. */
class IgnoredKeyLogTest {
  private final IgnoredKeyLog log = new IgnoredKeyLog();
  private final Object model = new Object();

  @Test
  void aKeyIsLoggedOnceForEachModel() {
    assertThat(log.note(model, new IgnoredKeys(List.of("a", "b")))).isEqualTo(2);
    assertThat(log.note(model, new IgnoredKeys(List.of("b", "c")))).isEqualTo(1);
    assertThat(log.note(new Object(), new IgnoredKeys(List.of("a")))).isEqualTo(1);
    assertThat(log.note(model, IgnoredKeys.NONE)).isZero();
  }

  @Test
  void atMostTwentyKeysAreLogged() {
    int lines = 0;
    for (int i = 0; i < 100; i++) {
      lines += log.note(model, new IgnoredKeys(List.of("key" + i)));
    }
    assertThat(lines).isEqualTo(20);
  }

  @Test
  void manyInOneRequestAreManyRequests() {
    List<String> keys = IntStream.range(0, 1000).mapToObj(i -> "k" + i).toList();
    assertThat(log.note(model, new IgnoredKeys(keys))).isEqualTo(20);
  }
}
