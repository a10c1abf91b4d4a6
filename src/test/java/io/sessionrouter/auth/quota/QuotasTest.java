package io.sessionrouter.auth.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import io.sessionrouter.auth.Quota;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import java.lang.management.ManagementFactory;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuotasTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Quota TWO_AT_ONCE = new Quota(null, null, 2, null, null);

  private final AtomicLong now = new AtomicLong(7);
  private final Quotas quotas = new Quotas(1, now::get);

  private static Quota rate(double perSecond, int burst) {
    return new Quota(perSecond, burst, null, null, null);
  }

  private static Quota bytes(long perSecond) {
    return new Quota(null, null, null, null, perSecond);
  }

  private @Nullable FailureKind begin(Quota quota) {
    return begin(quotas, quota, 0);
  }

  private static @Nullable FailureKind begin(Quotas quotas, Quota quota, long length) {
    try {
      quotas.begin("notebook", "chat", quota, length);
      return null;
    } catch (RouterException refusal) {
      return refusal.kind();
    }
  }

  private int begun(Quotas quotas, Quota quota, int wanted) {
    int begun = 0;
    for (int i = 0; i < wanted; i++) {
      begun += begin(quotas, quota, 0) == null ? 1 : 0;
    }
    return begun;
  }

  @Test
  void withoutAQuotaNothingIsKept() {
    assertThat(quotas.begin("notebook", "chat", Quota.UNLIMITED, 9)).isNull();
    assertThat(quotas.begin("notebook", "chat", new Quota(null, null, null, 5L, null), 9)).isNull();
    assertThat(quotas.size()).isZero();
  }

  @Test
  void soManyAtTheSameTime() {
    Usage first = quotas.begin("notebook", "chat", TWO_AT_ONCE, 0);
    assertThat(begin(TWO_AT_ONCE)).isNull();
    assertThat(begin(TWO_AT_ONCE)).isEqualTo(FailureKind.THROTTLED_IN_FLIGHT);

    first.end();

    assertThat(begin(TWO_AT_ONCE)).isNull();
    assertThat(begin(TWO_AT_ONCE)).isEqualTo(FailureKind.THROTTLED_IN_FLIGHT);
  }

  @Test
  void soManyPerSecond() {
    assertThat(begun(quotas, rate(1, 3), 9)).isEqualTo(3);
    assertThat(begin(rate(1, 3))).isEqualTo(FailureKind.THROTTLED_RATE);
    now.addAndGet(SECOND);
    assertThat(begun(quotas, rate(1, 3), 9)).isEqualTo(1);
  }

  @Test
  void whatIsRefusedIsNotInFlight() {
    Quota quota = new Quota(1.0, 1, 5, null, null);

    assertThat(begun(quotas, quota, 50)).isEqualTo(1);

    Usage usage = usage(quota);
    assertThat(usage.inFlight()).isEqualTo(2);
  }

  private Usage usage(Quota quota) {
    now.addAndGet(3600 * SECOND);
    return quotas.begin("notebook", "chat", quota, 0);
  }

  @Test
  void soManyBytesPerSecond() {
    assertThat(begin(quotas, bytes(1000), 2000)).isNull();
    assertThat(begin(quotas, bytes(1000), 1)).isEqualTo(FailureKind.THROTTLED_BYTES);
    now.addAndGet(SECOND + SECOND / 100);
    assertThat(begin(quotas, bytes(1000), 1)).isNull();
  }

  @Test
  void bytesOfUnknownNumberCountAsTheyCome() {
    Usage usage = quotas.begin("notebook", "chat", bytes(1000), -1);
    assertThat(begin(bytes(1000))).isNull();

    usage.received(1000);

    assertThat(begin(bytes(1000))).isEqualTo(FailureKind.THROTTLED_BYTES);
  }

  @Test
  void principalsAndEndpointsAreApart() {
    Quota quota = rate(1, 1);
    assertThat(begin(quota)).isNull();
    assertThat(begin(quota)).isEqualTo(FailureKind.THROTTLED_RATE);

    assertThat(quotas.begin("other", "chat", quota, 0)).isNotNull();
    assertThat(quotas.begin("notebook", "images", quota, 0)).isNotNull();
  }

  @Test
  void aNewQuotaAppliesAtOnceAndKeepsWhatWasUsed() {
    assertThat(begun(quotas, rate(1, 10), 8)).isEqualTo(8);

    assertThat(begun(quotas, rate(2, 10), 9)).isEqualTo(2);
    assertThat(begun(quotas, rate(2, 20), 99)).isEqualTo(10);
    assertThat(begin(Quota.UNLIMITED)).isNull();
    assertThat(begin(rate(2, 20))).isEqualTo(FailureKind.THROTTLED_RATE);
  }

  @Test
  void requestsInFlightSurviveANewQuota() {
    Usage before = quotas.begin("notebook", "chat", TWO_AT_ONCE, 0);
    Quota one = new Quota(null, null, 1, null, null);

    assertThat(begin(one)).isEqualTo(FailureKind.THROTTLED_IN_FLIGHT);
    before.end();
    assertThat(begin(one)).isNull();
  }

  @Test
  void replicasShareAQuota() {
    Quotas third = new Quotas(3, now::get);

    assertThat(begun(third, rate(30, 60), 99)).isEqualTo(20);
    assertThat(begun(new Quotas(3, now::get), new Quota(null, null, 4, null, null), 9))
        .isEqualTo(2);
    assertThat(begun(new Quotas(3, now::get), new Quota(null, null, 1, null, null), 9))
        .isEqualTo(1);
    assertThat(begun(new Quotas(3, now::get), rate(1, 1), 9)).isEqualTo(1);
  }

  @Test
  void theUnusedIsEvictedOnceOthersCome() {
    for (int i = 0; i < 100; i++) {
      quotas.begin("p-" + i, "chat", TWO_AT_ONCE, 0).end();
    }
    Usage held = quotas.begin("held", "chat", TWO_AT_ONCE, 0);
    quotas.begin("owing", "chat", bytes(1), 3000).end();
    now.addAndGet(Quotas.EVICTION_GAP_NANOS);

    quotas.begin("new", "chat", TWO_AT_ONCE, 0);

    assertThat(quotas.size()).isEqualTo(3);
    assertThat(held.evicted()).isFalse();
    assertThat(quotas.begin("p-1", "chat", TWO_AT_ONCE, 0)).isNotNull();
  }

  @ParameterizedTest
  @EnumSource(names = "THROTTLED_.*", mode = EnumSource.Mode.MATCH_ALL)
  void aThrottledRequestIsItsClientsAndMayBeRetried(FailureKind kind) {
    RouterException refusal = Throttled.of(kind, "chat");

    assertThat(refusal.kind()).isEqualTo(kind);
    assertThat(refusal).hasMessageMatching("Rate exceeded: the quota of .+ for endpoint chat .+");
    assertThat(kind.code()).isEqualTo("ThrottlingException");
    assertThat(kind.status()).isEqualTo(429);
    assertThat(kind.statusInStandardRetries()).isEqualTo(429);
    assertThat(kind.fault()).isEqualTo(FailureKind.Fault.CLIENT);
    assertThat(kind.retry()).isEqualTo(FailureKind.Retry.AFTER_A_SECOND);
  }

  @Test
  void theRefusalNamesItsKind() {
    quotas.begin("notebook", "chat", rate(1, 1), 0);

    assertThatExceptionOfType(RouterException.class)
        .isThrownBy(() -> quotas.begin("notebook", "chat", rate(1, 1), 0))
        .withMessage(
            "Rate exceeded: the quota of requests per second for endpoint chat is used up.");
  }

  @Test
  void aRequestCostsNoMemory() {
    Quota quota = new Quota(1e9, 1_000_000_000, 1000, 5L, 1_000_000_000_000L);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < 50_000; i++) {
      quotas.begin("notebook", "chat", quota, 10).end();
    }
    long before = threads.getCurrentThreadAllocatedBytes();

    for (int i = 0; i < 100_000; i++) {
      quotas.begin("notebook", "chat", quota, 10).end();
    }

    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(100_000);
  }

  @Test
  void fromManyThreadsNoneIsLostOrGrantedTwice() throws Exception {
    Quota quota = new Quota(1.0, 5000, 8, null, null);
    AtomicInteger granted = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (int t = 0; t < 8; t++) {
        threads.execute(
            () -> {
              for (int i = 0; i < 2000; i++) {
                try {
                  Usage usage = quotas.begin("notebook", "chat", quota, 0);
                  granted.incrementAndGet();
                  most.accumulateAndGet(usage.inFlight(), Math::max);
                  usage.end();
                } catch (RouterException throttled) {
                  // which is what most of them are
                } catch (RuntimeException other) {
                  wrong.add(other);
                }
              }
            });
      }
    }

    assertThat(wrong).isEmpty();
    assertThat(granted).hasValue(5000);
    assertThat(most).hasValueLessThanOrEqualTo(8);
    assertThat(quotas.begin("notebook", "other", quota, 0).inFlight()).isEqualTo(1);
  }
}
