package io.sessionrouter.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.container.CheckResult;
import io.sessionrouter.domain.Instance;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** What a member remembers for people: names, causes, and when something began. */
class MemberTest {
  private final Member member =
      new Member(Instance.at("chat", "main", URI.create("http://10.0.0.1:8080")));

  private void check(CheckResult result, long at) {
    member.checked(result, at, at);
  }

  @Test
  void itIsNamedAsItsContainerSays() {
    assertThat(member.name()).isEmpty();
    check(new CheckResult.Passed("boot", "chat-2", false), 1);
    assertThat(member.name()).isEqualTo("chat-2");

    check(new CheckResult.Refused(), 2);
    assertThat(member.name()).as("while it is away").isEqualTo("chat-2");
  }

  @Test
  void theLatestFailureIsKeptWithItsCause() {
    check(new CheckResult.Passed("boot", false), 1);
    assertThat(member.lastFailure()).isEmpty();
    check(new CheckResult.Failed("status 500"), 2);
    check(new CheckResult.Refused(), 3);

    assertThat(member.lastFailure()).isEqualTo("connection refused");
  }

  @Test
  void whenItBeginsAndEndsToDrainIsKnown() {
    check(new CheckResult.Passed("boot", false), 1);
    assertThat(member.drainChangedAt()).isZero();

    member.drainedByOperator(true, 10);
    assertThat(member.drainChangedAt()).isEqualTo(10);
    check(new CheckResult.Passed("boot", true), 20);
    assertThat(member.drainChangedAt()).as("it drained already").isEqualTo(10);
    member.drainedByOperator(false, 30);
    check(new CheckResult.Passed("boot", false), 40);
    assertThat(member.drainChangedAt()).isEqualTo(40);
    member.stands(Readiness.TERMINATING, 50);
    assertThat(member.drainChangedAt()).isEqualTo(50);
  }

  @Test
  void itKnowsWhetherRequestsWaitForAnAnswer() {
    assertThat(member.waitingSince()).isZero();
    member.began();
    long since = member.waitingSince();
    assertThat(since).isPositive();
    member.began();
    assertThat(member.waitingSince()).as("the first one waits still").isEqualTo(since);

    member.answered();
    assertThat(member.waitingSince()).as("one waits").isGreaterThanOrEqualTo(since);
    member.ended(false);
    assertThat(member.waitingSince()).as("none waits, one streams").isZero();
    assertThat(member.inFlight()).isEqualTo(1);
    member.ended(true);
    assertThat(member.inFlight()).isZero();
  }
}
