package io.sessionrouter.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.domain.Session;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.HealthSettings;
import io.sessionrouter.endpoint.Limits;
import io.sessionrouter.endpoint.SessionSettings;
import io.sessionrouter.endpoint.Timeouts;
import io.sessionrouter.endpoint.VariantSettings;
import io.sessionrouter.fleet.StateVerdict;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Routers whose views are late, partial, cut off and by different clocks; containers that come, go,
 * restart and move, with and without boot ids. However they meet,
 *
 * <ul>
 *   <li>no session is ended that a container holds,
 *   <li>none is answered by a container that does not hold it,
 *   <li>each whose state is gone is reported lost in bounded time, and no other.
 * </ul>
 *
 * <p>A run follows from its seed alone; {@code -Dloss.seed} repeats one.
 */
@Tag("slow")
class LossModelTest {
  private static final int RUNS = Integer.getInteger("loss.runs", 400);
  private static final long FAULTS_MILLIS = 60_000;

  /** How long after all is well again every loss is reported; docs/architecture.md adds it up. */
  private static final long BOUND_MILLIS = 110_000;

  private static final Logger LOG = Logger.getLogger("io.sessionrouter.fleet");

  private static Vertx vertx;

  @BeforeAll
  static void begin() {
    vertx = Vertx.vertx();
    LOG.setLevel(Level.OFF);
  }

  @AfterAll
  static void end() {
    LOG.setLevel(null);
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void lossIsOnlyReportedWhenItIsTrueAndThenAlways() {
    Long repeated = Long.getLong("loss.seed");
    if (repeated != null) {
      run(repeated);
      return;
    }
    long first = System.nanoTime();
    int lost = 0;
    for (long seed = first; seed < first + RUNS; seed++) {
      lost += run(seed);
    }
    assertThat(lost).as("losses in all runs, of seeds from %s on", first).isGreaterThan(RUNS);
  }

  private static int run(long seed) {
    LossFixture world = new LossFixture(seed);
    List<LossReplica> replicas = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        replicas.add(new LossReplica(world, vertx, catalog(world)));
      }
      faults(world, replicas);
      world.heal();
      replicas.forEach(LossReplica::heal);
      world.runUntil(world.now + BOUND_MILLIS);
      allIsReported(world, replicas);
      return world.lost.size();
    } catch (AssertionError | RuntimeException failed) {
      String what = world.kind + (world.boots ? " with" : " without") + " boot ids";
      throw new AssertionError(
          "seed " + seed + ": " + what + " at " + (world.now - LossFixture.START), failed);
    } finally {
      replicas.forEach(LossReplica::close);
    }
  }

  private static void faults(LossFixture world, List<LossReplica> replicas) {
    long end = world.now + FAULTS_MILLIS;
    while (world.now < end) {
      world.runUntil(world.now + 50 + world.upTo(1_000));
      LossReplica replica = replicas.get(world.upTo(replicas.size()));
      switch (world.upTo(20)) {
        case 0 -> world.restart();
        case 1 -> world.replace();
        case 2 -> replica.cutOff();
        case 3 -> world.deleteService();
        case 4, 5, 6, 7, 8, 9 -> replica.open();
        default -> ask(world, replica);
      }
    }
  }

  private static void ask(LossFixture world, LossReplica replica) {
    List<Session> all = List.copyOf(world.stored.values());
    if (!all.isEmpty()) {
      Session asked = all.get(world.upTo(all.size()));
      if (!world.lost.contains(asked.id())) {
        replica.ask(asked);
      }
    }
  }

  private static void allIsReported(LossFixture world, List<LossReplica> replicas) {
    for (Session session : world.stored.values()) {
      if (world.holds(session)) {
        for (LossReplica replica : replicas) {
          assertThat(replica.verdict(session))
              .as("%s is held, by %s", session, replica.toString(session))
              .isEqualTo(StateVerdict.HELD);
        }
      } else {
        assertThat(world.lost)
            .as("%s is gone, of %s", session, replicas.getFirst().toString(session))
            .contains(session.id());
      }
    }
  }

  private static EndpointCatalog catalog(LossFixture world) {
    Duration time = Duration.ofSeconds(2);
    List<URI> urls = new ArrayList<>();
    for (int i = 0; world.kind == LossFixture.Kind.CONFIGURED && i < LossFixture.INSTANCES; i++) {
      urls.add(URI.create("http://" + world.id(i)));
    }
    EndpointSettings endpoint =
        new EndpointSettings(
            "chat",
            List.of(new VariantSettings("main", 1, urls)),
            new SessionSettings(Duration.ofMinutes(20), null, null, "bye"),
            new Limits(1),
            new Timeouts(time, time, time),
            new HealthSettings("/ping", time, time),
            "none");
    return new EndpointCatalog(Map.of("chat", endpoint));
  }
}
