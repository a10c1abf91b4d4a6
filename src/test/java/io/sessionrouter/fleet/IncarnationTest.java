package io.sessionrouter.fleet;

import static io.sessionrouter.fleet.AddressBinding.FOR_LIFE;
import static io.sessionrouter.fleet.AddressBinding.LOOSE;
import static io.sessionrouter.fleet.AddressBinding.SAME;
import static io.sessionrouter.fleet.Incarnation.CLOCK_TOLERANCE_MILLIS;
import static io.sessionrouter.fleet.StateVerdict.HELD;
import static io.sessionrouter.fleet.StateVerdict.LIKELY;
import static io.sessionrouter.fleet.StateVerdict.LOST;
import static io.sessionrouter.fleet.StateVerdict.UNSURE;
import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.fleet.Incarnation.End;
import org.junit.jupiter.api.Test;

/** The rule of evidence, case by case. */
class IncarnationTest {
  private static final String A = "10.0.0.1:8080";
  private static final String B = "10.0.0.2:8080";
  private static final String POD = "pod u1";
  private static final long NEVER = 0;
  private static final long ALWAYS = Long.MAX_VALUE;

  @Test
  void theBootThatWasMetLastIsThere() {
    assertThat(pod().passed("b1", false, 10).verdict("b1", 5, false, NEVER)).isEqualTo(HELD);
  }

  @Test
  void aBootThatAnotherTookThePlaceOfIsGone() {
    Incarnation restarted = pod().passed("b1", false, 10).passed("b2", false, 20);

    assertThat(restarted.verdict("b1", ALWAYS, false, NEVER)).isEqualTo(LOST);
    assertThat(restarted.verdict("b2", 0, false, NEVER)).isEqualTo(HELD);
  }

  @Test
  void whereNothingListensTheBootThatWasMetThereIsGone() {
    Incarnation gone = pod().passed("b1", false, 10).refused(20);

    assertThat(gone.verdict("b1", ALWAYS, true, NEVER)).isEqualTo(LOST);
    assertThat(gone.passed("b1", true, 30).verdict("b1", ALWAYS, false, NEVER))
        .as("it was only out of reach")
        .isEqualTo(HELD);
  }

  /** The container began anew, another replica met it, and this one has not looked yet. */
  @Test
  void butNotABootThatWasNotMet() {
    Incarnation gone = same().passed("b1", false, 10).refused(100_000).refused(100_300);

    assertThat(gone.verdict("b2", 100_300, true, NEVER)).isEqualTo(LIKELY);
    assertThat(gone.verdict("b0", 90_299, true, NEVER)).as("well before the break").isEqualTo(LOST);
    assertThat(gone.verdict("b0", 90_300, true, NEVER)).isEqualTo(LIKELY);
  }

  @Test
  void aBootNotMetIsOlderIfTheSessionWasStoredWellBeforeTheOtherWasSeen() {
    Incarnation life = same().passed("b2", false, 100_000);

    assertThat(life.verdict("b1", 100_000 - CLOCK_TOLERANCE_MILLIS, false, NEVER))
        .isEqualTo(LIKELY);
    assertThat(life.verdict("b1", 100_000 - CLOCK_TOLERANCE_MILLIS - 1, false, NEVER))
        .isEqualTo(LOST);
    assertThat(life.passed("b2", false, 100_001).verdict("b1", 90_000, false, NEVER))
        .as("every check tells more")
        .isEqualTo(LOST);
  }

  /** The pod's address may be another's by now. */
  @Test
  void aPodsAddressTellsOfUnmetBootsOnlyUpToWhatDiscoveryKnows() {
    Incarnation life = pod().passed("b2", false, 100_000);
    Incarnation gone = life.refused(150_000).refused(200_000);

    assertThat(life.verdict("b1", 50_000, false, 50_000)).isEqualTo(LIKELY);
    assertThat(life.verdict("b1", 50_000, false, 50_001)).isEqualTo(LOST);
    assertThat(gone.verdict("b1", 50_000, true, 50_000)).isEqualTo(LIKELY);
    assertThat(gone.verdict("b1", 50_000, true, 50_001)).isEqualTo(LOST);
  }

  @Test
  void anotherPodIsAnOlderOneIfDiscoveryKnowsLater() {
    assertThat(pod().verdict("pod u2", 50_000, false, 50_000)).isEqualTo(UNSURE);
    assertThat(pod().verdict("pod u2", 50_000, false, 50_001)).isEqualTo(LOST);
  }

  @Test
  void withoutBootIdsABreakEndsWhatWasStoredBeforeItsMiddle() {
    Incarnation gone = same().passed("", false, 10).refused(1_000).refused(1_300);

    assertThat(gone.verdict("", 1_149, true, NEVER)).isEqualTo(LOST);
    assertThat(gone.verdict("", 1_150, true, NEVER)).isEqualTo(LIKELY);
    Incarnation back = gone.passed("", true, 2_000);
    assertThat(back.verdict("", 1_149, false, NEVER)).isEqualTo(LOST);
    assertThat(back.verdict("", 1_150, false, NEVER)).isEqualTo(HELD);
  }

  @Test
  void whatStaysAwayEndsAllThatWasStoredBefore() {
    Incarnation gone = same().passed("", false, 10).refused(1_000).refused(101_000);

    assertThat(gone.verdict("", 101_000 - CLOCK_TOLERANCE_MILLIS - 1, true, NEVER)).isEqualTo(LOST);
    assertThat(gone.verdict("", 101_000 - CLOCK_TOLERANCE_MILLIS, true, NEVER)).isEqualTo(LIKELY);
  }

  @Test
  void aBreakThatWasNotMetThreeTimesIsNone() {
    Incarnation refusedOnce =
        same().passed("", false, 10).refused(1_000).failed(false).passed("", false, 3);

    assertThat(refusedOnce.verdict("", 5, false, NEVER)).isEqualTo(HELD);
    assertThat(same().refused(1_000).failed(true).refusedFrom()).isEqualTo(1_000);
  }

  @Test
  void aContainerThatTellsItsBootOnlyToChecksEndsWhatWasStoredBeforeItsLastBootWasSeen() {
    Incarnation restarted =
        same().passed("b1", false, 10).passed("b1", false, 20).passed("b2", false, 30);

    assertThat(restarted.verdict("", 19, false, NEVER)).isEqualTo(LOST);
    assertThat(restarted.verdict("", 20, false, NEVER)).isEqualTo(HELD);
  }

  @Test
  void aContainerThatTellsItsBootNoMoreAfterABreakIsAnother() {
    Incarnation other =
        same().passed("b1", false, 10).refused(20).refused(400).passed("", true, 500);

    assertThat(other.verdict("b1", ALWAYS, false, NEVER)).isEqualTo(LOST);
    assertThat(other.verdict("b0", 15, false, NEVER)).isEqualTo(LOST);
    assertThat(same().passed("b1", false, 10).passed("", false, 20).verdict("b1", 5, false, NEVER))
        .as("without a break it only does not say so")
        .isEqualTo(HELD);
  }

  @Test
  void anotherPodOfThatNameEndsTheFormer() {
    Incarnation moved = pod().passed("b1", false, 10).elsewhere(FOR_LIFE, B, "u2", here(10));

    assertThat(moved.verdict("b1", ALWAYS, false, NEVER)).isEqualTo(LOST);
    assertThat(moved.verdict(POD, ALWAYS, false, NEVER)).isEqualTo(LOST);
    assertThat(moved.verdict("pod u2", 0, false, NEVER)).isEqualTo(HELD);
    assertThat(moved.verdict("b2", 0, false, NEVER)).as("not asked yet").isEqualTo(LIKELY);
  }

  /** Of both address families one may be missing for long. */
  @Test
  void aPodAtItsOtherAddressLosesNothing() {
    Incarnation moved =
        pod().passed("b1", false, 10).elsewhere(FOR_LIFE, "[fd00::1]:8080", "u1", here(10));

    assertThat(moved.verdict("b1", 5, false, NEVER)).isEqualTo(HELD);
    assertThat(moved.verdict(POD, 5, false, ALWAYS)).isEqualTo(HELD);
    Incarnation shut = moved.refused(100).refused(400);
    assertThat(shut.verdict("b1", 5, true, ALWAYS))
        .as("it may not listen on that address at all")
        .isEqualTo(LIKELY);
    assertThat(shut.refused(100 + Incarnation.UNSEEN_GRACE_MILLIS).verdict("b1", 5, true, ALWAYS))
        .isEqualTo(LOST);
  }

  @Test
  void aContainerThatMayMoveAliveIsJudgedByWhatDiscoveryConfirms() {
    Incarnation life =
        Incarnation.begun(LOOSE, A, "").passed("b1", false, 10).refused(1_000).refused(1_300);

    assertThat(life.verdict("b1", 5, true, 999)).isEqualTo(LIKELY);
    assertThat(life.verdict("b1", 5, true, 1_000)).isEqualTo(LOST);
    Incarnation other =
        Incarnation.begun(LOOSE, A, "").passed("b1", false, 10).passed("b9", false, 1_000);
    assertThat(other.verdict("b1", 5, false, 999)).isEqualTo(LIKELY);
    assertThat(other.verdict("b1", 5, false, 1_000)).isEqualTo(LOST);
    assertThat(other.elsewhere(LOOSE, B, "", here(1_000)).verdict("b1", 5, false, 1_000))
        .isEqualTo(LIKELY);
  }

  @Test
  void thePlatformMayTellWhenAContainerBegan() {
    Incarnation began = pod().passed("", false, 10).began(5_000);

    assertThat(began.verdict(POD, 4_999, false, NEVER)).isEqualTo(LOST);
    assertThat(began.verdict(POD, 5_000, false, NEVER)).isEqualTo(HELD);
    assertThat(began.passed("b1", false, 6_000).verdict("b1", 1, false, NEVER))
        .as("its boot id says more")
        .isEqualTo(HELD);
  }

  @Test
  void anAnswerOfAnotherBootProvesTheEndWhereTheAddressIsTheInstances() {
    assertThat(same().outlived("b1", "b2", 5, NEVER)).isTrue();
    assertThat(pod().outlived("b1", "b2", 5, 5)).as("whose address is it?").isFalse();
    assertThat(pod().outlived("b1", "b2", 5, 6)).isTrue();
    Incarnation met = pod().passed("b1", false, 10).passed("b2", false, 20);
    assertThat(met.outlived("b1", "b3", 5, NEVER)).isTrue();
    assertThat(met.outlived("b2", "b1", 5, ALWAYS)).as("a late answer of the former").isFalse();
    assertThat(Incarnation.begun(LOOSE, A, "").outlived("b1", "b2", 5, ALWAYS)).isFalse();
  }

  /** The next pod of that name may have got the address before this replica heard of it. */
  @Test
  void aBootThatWasMetLateMayBeTheNextPods() {
    Incarnation moved = pod().passed("b2", false, 20_000).elsewhere(FOR_LIFE, A, "u2", here(9_999));

    assertThat(moved.verdict(POD, ALWAYS, false, NEVER)).isEqualTo(LOST);
    assertThat(moved.verdict("b2", 5, false, NEVER)).isEqualTo(LIKELY);
  }

  @Test
  void whoLeftTakesWhatWasMetOfHimAlong() {
    Incarnation life = pod().passed("b1", false, 10).passed("b2", false, 20);

    assertThat(life.ended("b1", ALWAYS, here(20))).isTrue();
    assertThat(life.ended("b2", ALWAYS, here(20))).isTrue();
    assertThat(life.ended(POD, ALWAYS, here(20))).isTrue();
    assertThat(life.ended("b3", 0, here(20))).isFalse();
    assertThat(life.passed("b4", false, 20_000).ended("b4", 0, here(9_999)))
        .as("whose was it?")
        .isFalse();
    assertThat(life.ended("b2", 0, new End(true, true, 30, 0))).isTrue();
    assertThat(same().ended("", 29, new End(false, true, 30, 0))).isTrue();
    assertThat(same().ended("", 30, new End(false, true, 30, 0))).isFalse();
  }

  @Test
  void whoOnlyFellSilentMayBeThere() {
    Incarnation life = pod().passed("b1", false, 10);
    Incarnation shut = life.refused(1_000).refused(1_300);

    assertThat(life.ended("b1", 5, new End(false, false, 30, 20))).isFalse();
    assertThat(life.ended(POD, 5, new End(false, false, 30, 20))).isFalse();
    assertThat(shut.ended("b1", 5, new End(true, false, 2_000, 20))).isTrue();
    assertThat(shut.ended(POD, 1_149, new End(true, false, 2_000, 20))).isTrue();
    assertThat(shut.ended(POD, 1_150, new End(true, false, 2_000, 20)))
        .as("of a container that began anew in the pod")
        .isFalse();
  }

  @Test
  void anAddressThatComesBackWithoutABootIdHasLostWhatWasThereBefore() {
    Incarnation back =
        same().passed("", false, 10).elsewhere(SAME, A, "", new End(false, true, 500, 0));

    assertThat(back.verdict("", 499, false, NEVER)).isEqualTo(LOST);
    assertThat(back.verdict("", 500, false, NEVER)).isEqualTo(HELD);
  }

  /** It was there for certain until then, and is elsewhere now. */
  private static End here(long known) {
    return new End(false, true, 30, known);
  }

  private static Incarnation same() {
    return Incarnation.begun(SAME, A, "");
  }

  private static Incarnation pod() {
    return Incarnation.begun(FOR_LIFE, A, "u1");
  }
}
