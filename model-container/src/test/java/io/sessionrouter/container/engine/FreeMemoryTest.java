package io.sessionrouter.container.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreeMemoryTest {
  @TempDir Path folder;

  @Test
  void withoutALimitItIsWhatTheMachineHasToGive() throws IOException {
    meminfo(5_000_000);

    assertThat(free()).isEqualTo(5_000_000L * 1024);
  }

  @Test
  void noLimitSaysMax() throws IOException {
    meminfo(5_000_000);
    cgroup("max", "123");

    assertThat(free()).isEqualTo(5_000_000L * 1024);
  }

  @Test
  void aTighterCgroupCounts() throws IOException {
    meminfo(5_000_000);
    cgroup("2000000000\n", "500000000\n");

    assertThat(free()).isEqualTo(1_500_000_000L);
  }

  @Test
  void aTighterMachineCounts() throws IOException {
    meminfo(1000);
    cgroup("2000000000", "0");

    assertThat(free()).isEqualTo(1000L * 1024);
  }

  @Test
  void aFullCgroupHasNothing() throws IOException {
    meminfo(5_000_000);
    cgroup("100", "200");

    assertThat(free()).isZero();
  }

  @Test
  void whoCannotKnowMustBeTold() {
    assertThatThrownBy(this::free).hasMessageContaining("model.session-memory: unset");
  }

  private long free() {
    return new FreeMemory(folder.resolve("meminfo"), folder).ofHost();
  }

  private void meminfo(long availableKb) throws IOException {
    Files.writeString(
        folder.resolve("meminfo"),
        "MemTotal: 99 kB\nMemFree: 1 kB\nMemAvailable:   %d kB\nCached: 5 kB\n"
            .formatted(availableKb));
  }

  private void cgroup(String limit, String used) throws IOException {
    Files.writeString(folder.resolve("memory.max"), limit);
    Files.writeString(folder.resolve("memory.current"), used);
  }
}
