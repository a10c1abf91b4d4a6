package io.sessionrouter.container.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sessionrouter.container.config.DeviceChoice;
import io.sessionrouter.container.generation.Chunk;
import io.sessionrouter.container.generation.KvCache;
import io.sessionrouter.container.generation.Logits;
import io.sessionrouter.container.model.ManifestException;
import io.sessionrouter.container.model.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Both signatures on the real engine: what is in the cache must be as good as what is computed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TorchModelTest {
  private static final Path FACTS = Path.of("models/facts");
  private static final Path LLAMA = Path.of("src/test/resources/tiny-llama");
  private static final float EQUAL = 1e-3f;

  private TorchModel facts;
  private TorchModel llama;

  @BeforeAll
  void load() {
    facts = TorchModel.load(ModelFolder.open(FACTS), DeviceChoice.CPU, 1);
    llama = TorchModel.load(ModelFolder.open(LLAMA), DeviceChoice.CPU, 1);
  }

  @AfterAll
  void close() {
    facts.close();
    llama.close();
  }

  Stream<TorchModel> models() {
    return Stream.of(facts, llama);
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("models")
  void inChunksOrAtOnceTheScoresAreTheSame(TorchModel model) {
    long[] ids = random(model, 100);
    float[] once;
    float[] chunked;
    try (KvCache cache = model.allocate(128)) {
      once = scores(model, new Chunk(cache, 0, ids));
    }
    try (KvCache cache = model.allocate(128)) {
      scores(model, new Chunk(cache, 0, Arrays.copyOf(ids, 40)));
      scores(model, new Chunk(cache, 40, Arrays.copyOfRange(ids, 40, 99)));
      chunked = scores(model, new Chunk(cache, 99, Arrays.copyOfRange(ids, 99, 100)));
    }

    assertThat(chunked).containsExactly(once, within(EQUAL));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("models")
  void aBatchIsAsGoodAsOneByOne(TorchModel model) {
    try (KvCache one = model.allocate(64);
        KvCache two = model.allocate(32);
        KvCache three = model.allocate(64)) {
      var chunks =
          List.of(
              new Chunk(one, 0, random(model, 50)),
              new Chunk(two, 0, random(model, 1)),
              new Chunk(three, 0, random(model, 17)));
      float[][] batch = rows(model, chunks);

      for (int i = 0; i < chunks.size(); i++) {
        assertThat(rows(model, List.of(chunks.get(i)))[0]).containsExactly(batch[i], within(EQUAL));
      }
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("models")
  void growingKeepsWhatTheCacheHolds(TorchModel model) {
    long[] ids = random(model, 60);
    try (KvCache small = model.allocate(50);
        KvCache large = model.allocate(100)) {
      scores(model, new Chunk(small, 0, Arrays.copyOf(ids, 50)));
      small.grow(100);
      float[] grown = scores(model, new Chunk(small, 50, Arrays.copyOfRange(ids, 50, 60)));

      scores(model, new Chunk(large, 0, Arrays.copyOf(ids, 50)));
      assertThat(small.capacity()).isEqualTo(100);
      assertThat(grown)
          .containsExactly(
              scores(model, new Chunk(large, 50, Arrays.copyOfRange(ids, 50, 60))), within(EQUAL));
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("models")
  void goingBackIsOnlyANumber(TorchModel model) {
    long[] ids = random(model, 20);
    try (KvCache cache = model.allocate(64)) {
      scores(model, new Chunk(cache, 0, ids));
      float[] first = scores(model, new Chunk(cache, 20, new long[] {9}));
      scores(model, new Chunk(cache, 20, random(model, 30)));

      assertThat(scores(model, new Chunk(cache, 20, new long[] {9})))
          .containsExactly(first, within(EQUAL));
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("models")
  void theLikeliestTokenIsTheLargestScore(TorchModel model) {
    try (KvCache cache = model.allocate(64);
        Logits logits = model.step(List.of(new Chunk(cache, 0, random(model, 10))))) {
      float[] scores = logits.row(0);
      int best = (int) logits.argmax(0);

      assertThat(scores).hasSize(model.shape().vocabSize());
      for (float score : scores) {
        assertThat(score).isLessThanOrEqualTo(scores[best]);
      }
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("models")
  void theBestLogprobIsTheLogarithmOfTheBestProbability(TorchModel model) {
    try (KvCache one = model.allocate(64);
        KvCache two = model.allocate(64);
        Logits logits =
            model.step(
                List.of(
                    new Chunk(one, 0, random(model, 10)), new Chunk(two, 0, random(model, 7))))) {
      for (int row = 0; row < 2; row++) {
        float[] scores = logits.row(row);
        double best = scores[(int) logits.argmax(row)];
        double sum = 0;
        for (float score : scores) {
          sum += Math.exp(score - best);
        }
        assertThat(logits.bestLogprob(row)).isCloseTo(-Math.log(sum), within(1e-4));
      }
      assertThat(logits.bestLogprob(0)).isNotEqualTo(logits.bestLogprob(1));
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("models")
  void nothingOfAStepStaysAlive(TorchModel model) {
    try (KvCache cache = model.allocate(64)) {
      scores(model, new Chunk(cache, 0, random(model, 10)));
      int before = model.liveTensors();
      for (int i = 10; i < 60; i++) {
        scores(model, new Chunk(cache, i, random(model, 1)));
      }

      assertThat(model.liveTensors()).isEqualTo(before);
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("models")
  void aFailedStepLeavesNothingAliveAndHarmsNobody(TorchModel model) {
    try (KvCache cache = model.allocate(64)) {
      float[] before = scores(model, new Chunk(cache, 0, new long[] {5, 6, 7}));
      int live = model.liveTensors();
      long outside = model.shape().vocabSize() + 5L;

      assertThatThrownBy(() -> model.step(List.of(new Chunk(cache, 3, new long[] {outside}))))
          .isInstanceOf(RuntimeException.class);

      assertThat(model.liveTensors()).isEqualTo(live);
      assertThat(scores(model, new Chunk(cache, 0, new long[] {5, 6, 7})))
          .containsExactly(before, within(EQUAL));
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("models")
  void aFreshCacheIsEmptyMemory(TorchModel model) {
    try (var cache = model.allocate(64)) {
      assertThat(cache.tensor().abs().sum().getFloat()).isZero();
    }
  }

  @Test
  void aModelThatIsNoTorchScriptIsRefused(@TempDir Path folder) throws IOException {
    copy(FACTS, folder);
    Files.writeString(folder.resolve("model.pt"), "this is no model");

    assertRefused(folder, "model.pt cannot be loaded as TorchScript");
  }

  @ParameterizedTest
  @CsvSource({"layers, 8", "layers, 2", "kv_heads, 4", "head_dim, 64", "vocab_size, 2000"})
  void aManifestThatDoesNotFitTheModelIsRefused(String key, int value, @TempDir Path folder)
      throws IOException {
    copy(LLAMA, folder);
    change(folder, key, value);

    assertRefused(folder, "model.pt is not what model.json says (functional-kv)");
  }

  @Test
  void layersThatTheModelDoesNotHaveAreRefused(@TempDir Path folder) throws IOException {
    copy(FACTS, folder);
    change(folder, "layers", 5);

    assertRefused(folder, "layer 4 of the cache stays empty (expected: layers as in the model)");
  }

  @Test
  void aSignatureThatDoesNotFitTheModelIsRefused(@TempDir Path folder) throws IOException {
    copy(FACTS, folder);
    Path file = folder.resolve("model.json");
    Files.writeString(file, Files.readString(file).replace("ragged-kv", "functional-kv"));

    assertRefused(folder, "model.pt is not what model.json says (functional-kv)");
  }

  @Test
  void withoutAGpuCudaIsRefused() {
    assertThatThrownBy(() -> TorchModel.load(ModelFolder.open(FACTS), DeviceChoice.CUDA, 1))
        .hasMessageContaining("model.device: cuda")
        .hasMessageContaining("no GPU");
  }

  @Test
  void autoTakesTheCpuWithoutAGpu() {
    try (var model = TorchModel.load(ModelFolder.open(LLAMA), DeviceChoice.AUTO, 1)) {
      assertThat(model.device()).isEqualTo("cpu");
      assertThat(model.freeMemory()).isPositive();
    }
  }

  private static void assertRefused(Path folder, String message) {
    assertThatThrownBy(() -> TorchModel.load(ModelFolder.open(folder), DeviceChoice.CPU, 1))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining(message);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static void change(Path folder, String key, int value) throws IOException {
    Path file = folder.resolve("model.json");
    var json = (ObjectNode) new ObjectMapper().readTree(file.toFile());
    Files.writeString(file, json.put(key, value).toString());
  }

  private static float[] scores(TorchModel model, Chunk chunk) {
    return rows(model, List.of(chunk))[0];
  }

  private static float[][] rows(TorchModel model, List<Chunk> chunks) {
    try (Logits logits = model.step(chunks)) {
      float[][] rows = new float[chunks.size()][];
      Arrays.setAll(rows, logits::row);
      return rows;
    }
  }

  private static long[] random(TorchModel model, int count) {
    return new Random(count).longs(count, 8, model.shape().vocabSize()).toArray();
  }
}
