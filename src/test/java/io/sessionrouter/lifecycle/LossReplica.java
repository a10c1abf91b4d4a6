package io.sessionrouter.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.IncarnationName;
import io.sessionrouter.domain.Loss;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.fleet.DiscoveredInstance;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.FleetUpdates;
import io.sessionrouter.fleet.FleetUpdates.Vanished;
import io.sessionrouter.fleet.Health;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.fleet.Observed;
import io.sessionrouter.fleet.StateVerdict;
import io.sessionrouter.fleet.ViewedFleet;
import io.sessionrouter.lifecycle.LossFixture.Container;
import io.sessionrouter.lifecycle.LossFixture.Kind;
import io.sessionrouter.session.SessionListing;
import io.sessionrouter.session.Sessions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One router of a run of {@link LossModelTest}: the real fleet and the real sweeps, in the world's
 * time. Its clock is not quite that of the others, and its view may be behind, or cut off.
 */
final class LossReplica implements Sessions, SessionListing {
  private static final long INTERVAL = 2_000;
  private static final long QUICK = 150;

  /** As discovery has it, for pods and for names. */
  private static final long LAG = 10_000;

  private static final long DNS_LAG = 60_000;
  private static final long NAMES_KEPT = 50_000;

  private final LossFixture world;
  private final long skew;
  private final ViewedFleet fleet;
  private final LostSessions sweeps;
  private final FleetUpdates.@Nullable Source source;
  private int told;
  private long asked;
  private boolean cutOff;
  private boolean healed;
  private EndpointFleet snapshot;

  LossReplica(LossFixture world, Vertx vertx, EndpointCatalog catalog) {
    this.world = world;
    // Without boot ids, what closes and opens again tells: its half is longer than this.
    this.skew = world.boots ? world.upTo(8_000) - 4_000 : world.upTo(100) - 50;
    InstantSource clock = () -> Instant.ofEpochMilli(now());
    this.fleet = new ViewedFleet(vertx, catalog, clock);
    this.sweeps = new LostSessions(fleet.view(), this, this, clock);
    this.source =
        switch (world.kind) {
          case CONFIGURED -> null;
          case PODS -> fleet.source(Vanished.LEAVES);
          case NAMES -> fleet.source(Vanished.DRAINS);
        };
    this.snapshot = fleet.endpoint("chat");
    for (int i = 0; i < LossFixture.INSTANCES; i++) {
      String id = world.id(i);
      world.after(world.upTo(2_000), () -> check(id));
    }
    world.after(world.upTo(500), this::settle);
    world.after(world.upTo(2_000), this::sweep);
    world.after(world.upTo(3_000), this::look);
  }

  private long now() {
    return world.now + skew;
  }

  void close() {
    fleet.close();
  }

  // What this replica sees

  void cutOff() {
    cutOff = true;
    world.after(1_000 + world.upTo(40_000), () -> cutOff = false);
  }

  void heal() {
    cutOff = false;
    healed = true;
  }

  /** A list, or the events of a watch, or a bookmark; late, but in order. */
  private void look() {
    if (source != null && !cutOff) {
      if (world.kind == Kind.NAMES) {
        resolve();
      } else if (told == 0 || world.oneIn(5)) {
        list();
      } else {
        hear();
      }
    }
    world.after(healed ? 1_000 : 200 + world.upTo(3_000), this::look);
  }

  private void list() {
    asked = now();
    told = world.listings.size();
    say(world.listings.getLast(), asked - LAG);
  }

  /** A bookmark tells that all is told which happened before the watch was asked for. */
  private void hear() {
    while (told < world.listings.size() && (healed || !world.oneIn(3))) {
      say(world.listings.get(told++), 0);
    }
    boolean silent = world.listings.get(told - 1) == null;
    if (told == world.listings.size() && !silent && world.oneIn(3)) {
      source.stillAt(asked - LAG);
      asked = now();
    }
  }

  /** Name servers answer from memory, for as long as records may be kept. */
  private void resolve() {
    int oldest = Math.max(told, world.listings.size() - (healed ? 1 : 1 + world.upTo(3)));
    while (oldest + 1 < world.listings.size()
        && world.published.get(oldest + 1) <= world.now - NAMES_KEPT) {
      oldest++;
    }
    told = oldest;
    source.lists(world.listings.get(oldest), now() - DNS_LAG);
  }

  private void say(@Nullable List<DiscoveredInstance> listing, long asOf) {
    if (listing == null) {
      source.silent();
    } else {
      source.lists(listing, asOf);
    }
  }

  private void settle() {
    fleet.settle();
    world.after(500, this::settle);
  }

  private void sweep() {
    assertThat(sweeps.round().succeeded()).isTrue();
    world.after(LostSessions.PERIOD.toMillis(), this::sweep);
  }

  private void check(String id) {
    Member member = fleet.endpoint("chat").member(id);
    long sent = now();
    if (member == null) {
      world.after(500, () -> check(id));
      return;
    }
    Container there = world.byAddress.get(member.instance().authority());
    boolean late = world.boots && !healed && world.oneIn(12);
    world.after(
        1 + world.upTo(healed ? 5 : 100),
        () -> {
          if (late) {
            Observed.failed(member, sent);
          } else if (there == null) {
            Observed.refused(member, sent);
          } else {
            Observed.passed(member, there.boot, sent);
          }
          boolean doubt = there == null && member.health().state() != Health.State.GONE;
          world.after(doubt ? QUICK : INTERVAL - 200 + world.upTo(400), () -> check(id));
        });
  }

  // What clients do here

  void open() {
    List<Member> placeable =
        fleet.endpoint("chat").members().stream().filter(Member::placeable).toList();
    if (placeable.isEmpty()) {
      return;
    }
    Member member = placeable.get(world.upTo(placeable.size()));
    Container there = world.byAddress.get(member.instance().authority());
    if (there != null && there.id.equals(member.instance().id())) {
      String id = "s-" + world.stored.size();
      String life = there.boot.isEmpty() ? member.mark() : there.boot;
      there.sessions.add(id);
      world.stored.put(
          id,
          new Session(
              id, member.instance().id(), life, "main", "", "", now(), Long.MAX_VALUE, now()));
    }
  }

  /** Some requests were admitted a while ago, by the fleet as it was then. */
  void ask(Session session) {
    EndpointFleet seen = world.oneIn(4) ? snapshot : fleet.endpoint("chat");
    snapshot = fleet.endpoint("chat");
    StateVerdict verdict = seen.verdict(session);
    Member member = seen.member(session.instance());
    if (verdict == StateVerdict.LOST) {
      lose("chat", session, Loss.GONE);
    } else if (verdict != StateVerdict.UNSURE && member != null) {
      answer(seen, session, world.byAddress.get(member.instance().authority()));
    }
  }

  private void answer(EndpointFleet seen, Session session, @Nullable Container there) {
    if (there == null) {
      return;
    }
    if (IncarnationName.isBootId(session.bootId()) && !there.boot.equals(session.bootId())) {
      if (seen.outlived(session, there.boot)) {
        lose("chat", session, Loss.RESTARTED);
      }
      return;
    }
    assertThat(there.sessions)
        .as("%s is answered with its context", session)
        .contains(session.id());
  }

  /** What is known of a session's instance, for whoever looks for the cause of a failure. */
  String toString(Session session) {
    Member member = fleet.endpoint("chat").member(session.instance());
    return member == null ? "absent" : Observed.describe(member);
  }

  /** What this replica says of the session now. */
  StateVerdict verdict(Session session) {
    return fleet.endpoint("chat").verdict(session);
  }

  // The store, of which all replicas have the same

  @Override
  public Future<Void> lose(String endpoint, Session session, Loss why) {
    assertThat(world.holds(session))
        .as("%s is with its container, though lost: %s, of %s", session, why, toString(session))
        .isFalse();
    world.lost.add(session.id());
    return Future.succeededFuture();
  }

  @Override
  public Future<Page> list(
      String endpoint,
      Collection<String> instances,
      Asker asker,
      int limit,
      @Nullable String cursor) {
    return Future.succeededFuture(
        new Page(
            world.stored.values().stream()
                .filter(s -> instances.contains(s.instance()) && !world.lost.contains(s.id()))
                .toList(),
            null));
  }

  @Override
  public @Nullable SessionLookup cached(String endpoint, String id, Asker asker) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<SessionLookup> find(String endpoint, String id, Asker asker) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Boolean> open(String endpoint, Session session) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> close(String endpoint, Session session) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void beginUse(String endpoint, Session session) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void endUse(String endpoint, Session session) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<@Nullable Slot> reserve(String endpoint, String instance, int max) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<@Nullable OwnerSlot> reserveFor(String endpoint, String owner, long max) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void release(OwnerSlot slot) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void release(Slot slot) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int bound(String endpoint, String instance) {
    throw new UnsupportedOperationException();
  }
}
