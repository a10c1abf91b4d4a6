package io.sessionrouter.fleet;

import static io.sessionrouter.fleet.Health.State.GONE;
import static io.sessionrouter.fleet.Health.State.HEALTHY;
import static io.sessionrouter.fleet.Health.State.UNHEALTHY;
import static io.sessionrouter.fleet.Health.State.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The state machine, as tables. */
class HealthTest {
  private static final long HOLD = 2000;

  /**
   * One letter per observation, a second apart: {@code P} check passed, {@code F} check failed,
   * {@code R} check refused, {@code b} request broke, {@code a} request answered.
   */
  @ParameterizedTest
  @CsvSource({
    // nothing known
    "'', UNKNOWN",
    "F, UNKNOWN",
    "FF, UNKNOWN",
    "FFF, UNHEALTHY",
    "R, UNKNOWN",
    "RR, UNKNOWN",
    "RRR, GONE",
    "P, HEALTHY",
    "FFP, HEALTHY",
    // failures are counted in a row
    "PFF, HEALTHY",
    "PFFF, UNHEALTHY",
    "PFFPF, HEALTHY",
    "PFFPFF, HEALTHY",
    "PFFPFFF, UNHEALTHY",
    "Pbb, HEALTHY",
    "Pbbb, UNHEALTHY",
    "PbFF, UNHEALTHY",
    "PbbF, UNHEALTHY",
    "PbFb, UNHEALTHY",
    "Pbbabb, HEALTHY",
    "Pbbabbb, UNHEALTHY",
    // an answer to a request says nothing of the checks
    "PFaFaF, UNHEALTHY",
    // an instance that breaks every request is put out although its checks pass
    "PbPbPb, UNHEALTHY",
    "PbPaPb, HEALTHY",
    // and stays out for the hold
    "PbbbP, UNHEALTHY",
    "PbbbPP, HEALTHY",
    "PbbbaP, HEALTHY",
    "PbbbPPbb, HEALTHY",
    "PbbbPPbbb, UNHEALTHY",
    // otherwise one pass is enough
    "PFFFP, HEALTHY",
    "PFFFPFF, HEALTHY",
    // gone only if nothing listened, three checks in a row
    "PRR, HEALTHY",
    "PRRR, GONE",
    "PRRFR, UNHEALTHY",
    "PRRFRR, UNHEALTHY",
    "PRRFRRR, GONE",
    "PbRR, UNHEALTHY",
    "PbRRR, GONE",
    "PFFFRRR, GONE",
    "PFFFFFFFFFF, UNHEALTHY",
    "Pbbbbbbbbbb, UNHEALTHY",
    // what is gone stays gone until a check passes
    "PRRRF, GONE",
    "PRRRFFFF, GONE",
    "PRRRb, GONE",
    "PRRRa, GONE",
    "PRRRR, GONE",
    "PRRRP, HEALTHY",
    "PbRRRP, HEALTHY",
    "PRRRPRR, HEALTHY",
  })
  void theStateFollowsFromWhatWasObserved(String observed, Health.State state) {
    assertThat(after(observed).state()).isEqualTo(state);
  }

  @ParameterizedTest
  @CsvSource({
    "P, 0",
    "PF, 1",
    "PFb, 2",
    "PFba, 1",
    "PFbP, 1",
    "PbP, 1",
    "PRRR, 3",
    "PbbbPP, 0",
    "PRRRP, 0",
  })
  void failuresInARowAreCounted(String observed, int failures) {
    assertThat(after(observed).failures()).isEqualTo(failures);
  }

  @Test
  void theStateKnowsSinceWhenItHolds() {
    assertThat(after("").since()).isZero();
    assertThat(after("FFP").since()).isEqualTo(3000);
    assertThat(after("FFPPF").since()).isEqualTo(3000);
    assertThat(after("PFFFF").since()).isEqualTo(4000);
  }

  @Test
  void theBootIdIsTheEpoch() {
    Health first = Health.UNKNOWN.checkPassed("one", 1, HOLD);

    assertThat(first.bootId()).isEqualTo("one");
    assertThat(first.checkFailed(2).bootId()).isEqualTo("one");
    assertThat(first.checkPassed("two", 2, HOLD).bootId()).isEqualTo("two");
    assertThat(first.checkPassed("", 2, HOLD).bootId()).isEmpty();
  }

  @Test
  void aRestartedInstanceBeginsAnew() {
    Health broken = after("Pbbb");

    Health restarted =
        new Health(UNHEALTHY, "one", 0, 0, 3, 4000, false).checkPassed("two", 4001, HOLD);

    assertThat(broken.state()).isEqualTo(UNHEALTHY);
    assertThat(restarted.state()).isEqualTo(HEALTHY);
    assertThat(restarted.failures()).isZero();
  }

  @Test
  void theTableCoversEveryState() {
    assertThat(Health.State.values()).containsExactly(UNKNOWN, HEALTHY, UNHEALTHY, GONE);
  }

  private static Health after(String observed) {
    Health health = Health.UNKNOWN;
    long now = 0;
    for (char observation : observed.toCharArray()) {
      now += 1000;
      health = next(health, observation, now);
    }
    return health;
  }

  private static Health next(Health health, char observation, long now) {
    return switch (observation) {
      case 'P' -> health.checkPassed("", now, HOLD);
      case 'F' -> health.checkFailed(now);
      case 'R' -> health.checkRefused(now);
      case 'b' -> health.requestFailed(now);
      case 'a' -> health.requestAnswered();
      default -> throw new IllegalArgumentException("observation: " + observation);
    };
  }
}
