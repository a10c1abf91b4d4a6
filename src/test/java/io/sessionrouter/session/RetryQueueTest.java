package io.sessionrouter.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetryQueueTest {
  private final AtomicInteger tries = new AtomicInteger();
  private boolean there = true;
  private final RetryQueue debts = new RetryQueue(() -> there);

  private Future<Void> failing() {
    tries.incrementAndGet();
    return Future.failedFuture("no");
  }

  private Future<Void> working() {
    tries.incrementAndGet();
    return Future.succeededFuture();
  }

  @Test
  void whatIsPaidIsForgotten() {
    debts.owe("a", this::working);

    debts.settle();
    debts.settle();

    assertThat(tries).hasValue(1);
    assertThat(debts.size()).isZero();
  }

  @Test
  void nothingIsTriedWhileRedisIsAway() {
    there = false;
    debts.owe("a", this::working);
    debts.settle();
    assertThat(tries).hasValue(0);

    there = true;
    debts.settle();
    assertThat(tries).hasValue(1);
  }

  @Test
  void whatFailsIsGivenUpInTheEnd() {
    debts.owe("a", this::failing);

    for (int i = 0; i < 50; i++) {
      assertThat(debts.settle().succeeded()).isTrue();
    }

    assertThat(tries).hasValue(10);
    assertThat(debts.size()).isZero();
  }

  @Test
  void whatWasNotSentCostsNoTry() {
    debts.owe("a", () -> Future.failedFuture(StoreUnavailable.unsent(null)));

    for (int i = 0; i < 50; i++) {
      debts.settle();
    }

    assertThat(debts.size()).isEqualTo(1);
  }

  @Test
  void aPartOfThemIsTriedAtOnce() {
    for (int i = 0; i < 700; i++) {
      debts.owe("a", this::working);
    }

    debts.settle();
    assertThat(tries).hasValue(500);
    debts.settle();
    assertThat(tries).hasValue(700);
  }

  @Test
  void theirNumberIsBounded() {
    for (int i = 0; i < 15_000; i++) {
      debts.owe("a", this::failing);
    }

    assertThat(debts.size()).isEqualTo(10_000);
  }
}
