package io.sessionrouter.session;

import static io.sessionrouter.session.TestSessions.session;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Interner;
import com.sun.management.ThreadMXBean;
import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.SessionLookup.Found;
import io.sessionrouter.session.Stored.Live;
import io.sessionrouter.testing.MutableClock;
import io.sessionrouter.testing.RedisProcess;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/**
 * What one session costs: in Redis, index and all, and on the heap of a replica that remembers it.
 */
@Tag("slow")
class FootprintTest {
  private static final int IN_REDIS = 20_000;
  private static final int ON_HEAP = 100_000;
  private static final int AT_A_TIME = 100;
  private static final int WARM_UP = 50_000;
  private static final int LOOK_UPS = 200_000;

  private final MutableClock clock = new MutableClock();

  @Test
  void aSessionCostsAtMost400BytesOfRedis() {
    Vertx vertx = Vertx.vertx();
    try (RedisProcess redis = RedisProcess.start();
        Jedis jedis = redis.client();
        Replica replica =
            new Replica(
                vertx,
                redis.options(),
                clock,
                SessionOptions.DEFAULTS,
                TestSessions.endpoint("chat", null))) {
      replica.connected();
      // Few instances: a small index is packed and costs less than half.
      long few = bytesPerSession(replica, jedis, 12, 20);
      long many = bytesPerSession(replica, jedis, 13, 400);

      System.out.printf(
          "redis bytes per session: %d with 1000 sessions per instance, %d with 50%n", few, many);
      assertThat(few).isLessThanOrEqualTo(400);
      assertThat(many).isLessThanOrEqualTo(400);
    } finally {
      Replica.get(vertx.close());
    }
  }

  @Test
  void aRememberedSessionCostsAtMost300BytesOfHeap() {
    NearCache cache = new NearCache(ON_HEAP, clock);
    RecordCodec codec = new RecordCodec(Interner.<String>newWeakInterner()::intern);
    fill(cache, codec, ON_HEAP / 100);
    long before = usedHeap();
    long already = cache.size();

    fill(cache, codec, ON_HEAP - (int) already);

    long after = usedHeap();
    long bytes = (after - before) / (cache.size() - already);
    System.out.printf("heap bytes per remembered session: %d%n", bytes);
    assertThat(cache.size()).isEqualTo(ON_HEAP);
    assertThat(bytes).isLessThanOrEqualTo(300);
  }

  @Test
  void aHitCostsNoMemory() {
    Vertx vertx = Vertx.vertx();
    try (RedisProcess redis = RedisProcess.start();
        Replica replica =
            new Replica(
                vertx,
                redis.options(),
                InstantSource.system(),
                SessionOptions.DEFAULTS,
                TestSessions.endpoint("chat", Duration.ofMinutes(5)))) {
      replica.connected().open("chat", session("s-1", clock));
      lookUp(replica.sessions, WARM_UP);

      long before = allocated();
      long found = lookUp(replica.sessions, LOOK_UPS);
      long bytes = allocated() - before;

      assertThat(found).isEqualTo(LOOK_UPS);
      assertThat(bytes).as("bytes of %d look-ups", LOOK_UPS).isLessThan(LOOK_UPS);
    } finally {
      Replica.get(vertx.close());
    }
  }

  private static long lookUp(Sessions sessions, int times) {
    long found = 0;
    for (int i = 0; i < times; i++) {
      found += sessions.cached("chat", "s-1", Asker.ANYBODY) instanceof Found ? 1 : 0;
    }
    return found;
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  private long bytesPerSession(Replica replica, Jedis jedis, int subnet, int instances) {
    long before = usedMemory(jedis);
    List<Future<?>> opens = new ArrayList<>();
    for (int i = 0; i < IN_REDIS; i++) {
      int number = i % instances;
      String instance = "10.0." + subnet + '.' + number % 256 + ":" + (8080 + number / 256);
      String id = UUID.randomUUID().toString();
      opens.add(replica.sessions.open("chat", session(id, instance, clock)));
      if (opens.size() == AT_A_TIME) {
        Replica.get(Future.all(opens));
        opens.clear();
      }
    }
    Replica.get(replica.room.health().ping());
    return (usedMemory(jedis) - before) / IN_REDIS;
  }

  /** Once it does not change any more: tables are moved and buffers shrunk in the background. */
  private static long usedMemory(Jedis jedis) {
    long[] last = {0};
    Replica.await(
        "memory settles",
        () -> {
          long now = Long.parseLong(field(jedis.info("memory"), "used_memory:"));
          boolean settled = Math.abs(now - last[0]) < 1000;
          last[0] = now;
          return settled;
        });
    return last[0];
  }

  private static String field(String info, String name) {
    int from = info.indexOf(name) + name.length();
    return info.substring(from, info.indexOf('\r', from));
  }

  /** As they come from Redis: every string is new. */
  private void fill(NearCache cache, RecordCodec codec, int sessions) {
    for (int i = 0; i < sessions; i++) {
      String id = UUID.randomUUID().toString();
      String text = RecordCodec.encode(session(id, "10.0.12." + i % 20 + ":8080", clock));
      Live read = (Live) codec.decode(id, text);
      cache.learn(
          id, Remembered.Live.of(read.session()), read.session().expiresAt(), cache.stamp(id));
    }
    cache.size();
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
