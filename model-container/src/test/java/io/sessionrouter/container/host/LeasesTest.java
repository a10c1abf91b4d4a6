package io.sessionrouter.container.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LeasesTest {
  private final Leases leases = new Leases();

  @Test
  void withNobodyInsideItIsDrainedAtOnce() throws Exception {
    assertThat(leases.drain(Duration.ofDays(1))).isTrue();
    assertThat(leases.enter()).as("after that nobody may enter").isFalse();
  }

  @Test
  void itWaitsForThoseInsideAndLetsNobodyIn() {
    assertThat(leases.enter()).isTrue();
    assertThat(leases.enter()).isTrue();
    var drained = CompletableFuture.supplyAsync(this::drain);
    await().until(this::closed);

    leases.leave();
    assertThat(drained).isNotDone();
    leases.leave();

    assertThat(drained.join()).isTrue();
    assertThat(leases.held()).isZero();
  }

  /** A probe that takes no place when it finds none left to take. */
  private boolean closed() {
    boolean entered = leases.enter();
    if (entered) {
      leases.leave();
    }
    return !entered;
  }

  private boolean drain() {
    try {
      return leases.drain(Duration.ofDays(1));
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  @Test
  void itDoesNotWaitForEver() throws Exception {
    leases.enter();

    assertThat(leases.drain(Duration.ofMillis(5))).isFalse();
    assertThat(leases.held()).isEqualTo(1);
  }
}
