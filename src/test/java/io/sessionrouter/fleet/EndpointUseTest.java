package io.sessionrouter.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EndpointUseTest {
  private final Member one = new Member(Endpoints.instance("main", 1));
  private final Member other = new Member(Endpoints.instance("main", 2));
  private long nanos;
  private int bound;
  private final EndpointUse use = new EndpointUse((endpoint, instance) -> bound, () -> nanos);

  private void pass() {
    nanos += EndpointUse.UNUSED_AFTER.toNanos();
  }

  @Test
  void nothingIsUnusedAtTheBeginning() {
    assertThat(use.unused(one)).isFalse();
    pass();
    assertThat(use.unused(one)).isTrue();
  }

  @Test
  void aRequestToOneInstanceUsesThemAll() {
    pass();
    one.began();
    one.ended(false);
    assertThat(use.unused(one)).isFalse();
    assertThat(use.unused(other)).isFalse();

    pass();
    assertThat(use.unused(one)).isTrue();
    assertThat(use.unused(other)).isTrue();
  }

  @Test
  void aLongRequestAndSessionsAreUse() {
    pass();
    one.began();
    assertThat(use.unused(one)).isFalse();
    pass();
    assertThat(use.unused(one)).isFalse();
    one.ended(false);
    pass();
    bound = 1;
    assertThat(use.unused(one)).isFalse();
  }

  @Test
  void whatIsUnusedIsCheckedMoreSeldomWithinABound() {
    assertThat(MemberWatch.unusedInterval(2_000)).isEqualTo(20_000);
    assertThat(MemberWatch.unusedInterval(10_000)).isEqualTo(30_000);
    assertThat(MemberWatch.unusedInterval(60_000)).isEqualTo(60_000);
  }
}
