package io.sessionrouter.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.domain.Instance;
import io.sessionrouter.fleet.Health;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.testing.MutableClock;
import java.net.URI;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

class InstancesCheckedTest {
  private static final Instance INSTANCE =
      Instance.at("chat", "main", URI.create("http://127.0.0.1:1"));

  private final MutableClock clock = new MutableClock();
  private List<Member> members = List.of();
  private final InstancesChecked check = new InstancesChecked(() -> members.stream(), clock);

  private static Member member(Health.State state, int failures) {
    return new Member(INSTANCE, new Health(state, "", failures));
  }

  @Test
  void waitsForTheFirstAnswerOfEveryInstance() {
    members = List.of(member(Health.State.HEALTHY, 0), member(Health.State.UNKNOWN, 0));

    assertThat(check.call().getStatus()).isEqualTo(Status.DOWN);

    members = List.of(member(Health.State.HEALTHY, 0), member(Health.State.HEALTHY, 0));

    assertThat(check.call().getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void anyAnswerWillDo() {
    members = List.of(member(Health.State.UNKNOWN, 1), member(Health.State.GONE, 0));

    assertThat(check.call().getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void doesNotWaitForEver() {
    members = List.of(member(Health.State.UNKNOWN, 0));
    clock.advance(InstancesChecked.MAX_WAIT);

    assertThat(check.call().getStatus()).isEqualTo(Status.UP);
  }
}
