package io.sessionrouter.container.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sessionrouter.container.artifact.Archives;
import io.sessionrouter.container.config.DeviceChoice;
import io.sessionrouter.container.config.ModelConfig;
import io.sessionrouter.container.config.TestConfig;
import io.sessionrouter.container.engine.TorchEngine;
import io.sessionrouter.container.session.Use;
import io.sessionrouter.container.telemetry.ContainerMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A model comes and goes many times; what it took comes back. */
@Timeout(180)
@Tag("slow")
class ModelCyclesTest {
  private static final int WARM_UP = 20;
  private static final int CYCLES = 80;

  /** Less than a sixth of the weights of that many models. */
  private static final long TOLERANCE = 64L << 20;

  @TempDir Path temp;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void loadingAndUnloadingLeavesNativeMemoryWhereItWas() throws Exception {
    Path archive =
        Archives.write(temp.resolve("facts.tar.gz"), Archives.of(Path.of("models/facts"), ""));
    Path work = temp.resolve("work");
    ModelConfig config =
        TestConfig.of(
            Map.of(
                "model.multi.enabled", "true",
                "model.multi.memory", "256M",
                "model.multi.work-dir", work.toString(),
                "model.device", "cpu",
                "model.session-memory", "64M"));
    TorchEngine engine = TorchEngine.start(DeviceChoice.CPU, 1);
    try (var models =
        new LoadedModels(config, engine, Clock.systemUTC(), new ContainerMetrics(meters))) {
      cycle(models, archive, WARM_UP);
      long before = resident();
      int threads = Thread.activeCount();
      int registered = meters.getMeters().size();
      cycle(models, archive, CYCLES);
      long after = resident();

      System.out.printf(
          "native memory after %d loads %d MiB, after %d more %d MiB%n",
          WARM_UP, before >> 20, CYCLES, after >> 20);
      assertThat(after - before).as("bytes gained").isLessThan(TOLERANCE);
      assertThat(meters.get("model_container_model_memory_used_bytes").gauge().value()).isZero();
      assertThat(Thread.activeCount()).as("threads").isLessThanOrEqualTo(threads + 1);
      assertThat(meters.getMeters()).as("meters").hasSize(registered);
      assertThat(files(work)).as("files left on the disk").isEqualTo(2);
    }
    assertThat(files(work)).as("files left after the end").isEqualTo(1);
  }

  /** Each with a session that is still open when its model goes. */
  private static void cycle(LoadedModels models, Path archive, int cycles)
      throws InterruptedException {
    for (int i = 0; i < cycles; i++) {
      String name = "facts-" + i;
      ManagedModel managed = models.load(name, archive.toString());
      try (Use use = managed.model().sessions().open()) {
        assertThat(use.await().id()).isNotEmpty();
      }
      models.unload(name);
    }
  }

  private static long files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).count();
    }
  }

  /** Resident memory; the heap in it is of fixed size and touched from the start. */
  private static long resident() throws IOException {
    System.gc();
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElseThrow();
    }
  }
}
