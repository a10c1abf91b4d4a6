package io.sessionrouter.container.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
  /** Probabilities .5, .25, .15, .1 at temperature 1, in an order that is not sorted. */
  private static final float[] SCORES = {
    (float) Math.log(.15), (float) Math.log(.5), (float) Math.log(.1), (float) Math.log(.25)
  };

  @Test
  void whatWasThereBeforeIsLessLikely() {
    float[] scores = {2, 1.9f, -1};
    var greedy = new Sampling(0, 0, 1, 0, 1.2);

    assertThat(new Sampler(greedy).choose(new Scores(scores), 0, false).id()).isEqualTo(0);
    var sampler = new Sampler(greedy, new long[] {0, 99});
    assertThat(sampler.choose(new Scores(scores), 0, false).id()).as("in the prompt").isEqualTo(1);
    assertThat(sampler.choose(new Scores(scores), 0, false).id())
        .as("both were there, and the first is the likelier again")
        .isEqualTo(0);
    assertThat(scores).as("what the model said").containsExactly(2, 1.9f, -1);
  }

  @Test
  void theProbabilityToldIsTheModelsOwn() {
    float[] scores = {2, 1.9f, -1};
    double plain = new Sampler(Sampling.GREEDY).choose(new Scores(scores), 0, true).logprob();
    var sampler = new Sampler(new Sampling(0, 0, 1, 0, 1.01), new long[] {0});

    assertThat(sampler.choose(new Scores(scores), 0, true).logprob())
        .isCloseTo(plain, within(1e-5));
  }

  @Test
  void temperatureZeroTakesTheLikeliest() {
    var sampler = new Sampler(Sampling.GREEDY);

    assertThat(LongStream.range(0, 50).map(i -> sampler.choose(new Scores(SCORES), 0, false).id()))
        .containsOnly(1L);
  }

  @Test
  void theSameSeedDrawsTheSame() {
    var sampling = new Sampling(1, 0, 1, 42);

    assertThat(draws(sampling, 200)).isEqualTo(draws(sampling, 200));
  }

  @Test
  void anotherSeedDrawsOthers() {
    assertThat(draws(new Sampling(1, 0, 1, 42), 200))
        .isNotEqualTo(draws(new Sampling(1, 0, 1, 43), 200));
  }

  @Test
  void drawsFollowTheProbabilities() {
    Map<Long, Double> shares = shares(new Sampling(1, 0, 1, 7));

    assertThat(shares.get(1L)).isCloseTo(.5, within(.02));
    assertThat(shares.get(3L)).isCloseTo(.25, within(.02));
    assertThat(shares.get(0L)).isCloseTo(.15, within(.02));
    assertThat(shares.get(2L)).isCloseTo(.1, within(.02));
  }

  @Test
  void aLowTemperatureSharpens() {
    // p^(1/0.5) = p^2: .25, .0625, .0225, .01 of .345
    assertThat(shares(new Sampling(.5, 0, 1, 7)).get(1L)).isCloseTo(.725, within(.02));
  }

  @Test
  void aHighTemperatureFlattens() {
    assertThat(shares(new Sampling(10, 0, 1, 7)).get(2L)).isCloseTo(.22, within(.02));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 100})
  void topKKeepsSoMany(int k) {
    Map<Long, Double> shares = shares(new Sampling(1, k, 1, 7));

    assertThat(shares).hasSize(Math.min(k, SCORES.length)).containsKey(1L);
  }

  @Test
  void topKRenormalises() {
    assertThat(shares(new Sampling(1, 2, 1, 7)).get(1L)).isCloseTo(.667, within(.02));
  }

  @Test
  void topPKeepsTheSmallestSetThatReachesIt() {
    assertThat(shares(new Sampling(1, 0, .4, 7)).keySet()).containsOnly(1L);
    assertThat(shares(new Sampling(1, 0, .6, 7)).keySet()).containsOnly(1L, 3L);
    assertThat(shares(new Sampling(1, 0, .8, 7)).keySet()).containsOnly(0L, 1L, 3L);
  }

  @Test
  void aTinyTopPStillKeepsOne() {
    assertThat(shares(new Sampling(1, 0, Double.MIN_VALUE, 7)).keySet()).containsOnly(1L);
  }

  @Test
  void topPCountsAfterTopK() {
    // Of the two that top-k leaves, the first has .667: enough for .6.
    assertThat(shares(new Sampling(1, 2, .6, 7)).keySet()).containsOnly(1L);
  }

  @Test
  void equalScoresAreTakenByIdSoThatASeedIsEnough() {
    float[] equal = new float[100];
    Map<Long, Double> shares = shares(new Sampling(1, 3, 1, 7), equal);

    assertThat(shares.keySet()).containsExactly(0L, 1L, 2L);
  }

  @Test
  void negativeAndInfiniteScoresAreRanked() {
    float[] scores = {Float.NEGATIVE_INFINITY, -3, -1, -2};

    assertThat(shares(new Sampling(1, 2, 1, 7), scores).keySet()).containsExactly(2L, 3L);
  }

  @Test
  void scoresThatAreNoNumbersAreTheModelsFault() {
    var sampler = new Sampler(new Sampling(1, 0, 1, 7));

    assertThatThrownBy(() -> sampler.choose(new Scores(new float[] {1, Float.NaN}), 0, false).id())
        .isInstanceOfSatisfying(
            FaultException.class, f -> assertThat(f.fault()).isEqualTo(Fault.MODEL_FAILED));
  }

  @Test
  void theLogprobIsTheModelsOwnWhateverTheTemperature() {
    var hot = new Sampler(new Sampling(10, 2, 0.9, 7));
    double[] probabilities = softmax(SCORES);

    for (int i = 0; i < 50; i++) {
      Choice choice = hot.choose(new Scores(SCORES), 0, true);
      assertThat(choice.logprob())
          .isCloseTo(Math.log(probabilities[(int) choice.id()]), within(1e-9));
    }
  }

  @Test
  void theLogprobOfTheLikeliestIsTheModelsToo() {
    Choice choice = new Sampler(Sampling.GREEDY).choose(new Scores(SCORES), 0, true);

    assertThat(Math.exp(choice.logprob()))
        .isCloseTo(Arrays.stream(softmax(SCORES)).max().orElseThrow(), within(1e-9));
  }

  @Test
  void aLogprobThatIsNoNumberIsTheModelsFault() {
    var sampler = new Sampler(Sampling.GREEDY);

    assertThatThrownBy(() -> sampler.choose(new Scores(new float[] {1, Float.NaN}), 0, true))
        .isInstanceOfSatisfying(
            FaultException.class, f -> assertThat(f.fault()).isEqualTo(Fault.MODEL_FAILED));
  }

  private static double[] softmax(float[] scores) {
    double sum = IntStream.range(0, scores.length).mapToDouble(i -> Math.exp(scores[i])).sum();
    return IntStream.range(0, scores.length).mapToDouble(i -> Math.exp(scores[i]) / sum).toArray();
  }

  private static long[] draws(Sampling sampling, int count) {
    var sampler = new Sampler(sampling);
    return LongStream.range(0, count)
        .map(i -> sampler.choose(new Scores(SCORES), 0, false).id())
        .toArray();
  }

  private static Map<Long, Double> shares(Sampling sampling) {
    return shares(sampling, SCORES);
  }

  private static Map<Long, Double> shares(Sampling sampling, float[] scores) {
    var sampler = new Sampler(sampling);
    Map<Long, Double> shares = new TreeMap<>();
    for (int i = 0; i < 10_000; i++) {
      shares.merge(sampler.choose(new Scores(scores), 0, false).id(), 1e-4, Double::sum);
    }
    return shares;
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Scores(float[] scores) implements Logits {
    @Override
    public long argmax(int row) {
      int best = 0;
      for (int i = 1; i < scores.length; i++) {
        best = scores[i] > scores[best] ? i : best;
      }
      return best;
    }

    @Override
    public double bestLogprob(int row) {
      return Math.log(softmax(scores)[(int) argmax(row)]);
    }

    @Override
    public float[] row(int row) {
      return scores;
    }

    @Override
    public void close() {}
  }
}
