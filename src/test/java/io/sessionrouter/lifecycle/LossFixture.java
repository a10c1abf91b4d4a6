package io.sessionrouter.lifecycle;

import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.Session;
import io.sessionrouter.fleet.DiscoveredInstance;
import io.sessionrouter.fleet.Readiness;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What really happens in a run of {@link LossModelTest}: containers, their sessions, and time. */
final class LossFixture {
  /** How instances are found, and so what an address says of them. */
  enum Kind {
    CONFIGURED,
    PODS,
    NAMES
  }

  static final int INSTANCES = 3;

  /** Every replica checks every container at least once in this time. */
  private static final long LONGER_THAN_CHECKS = 6_000;

  static final long START = 1_700_000_000_000L;

  final Random random;
  final Kind kind;
  final boolean boots;
  final Map<String, Container> byId = new TreeMap<>();
  final Map<String, Container> byAddress = new HashMap<>();
  private final Map<String, DiscoveredInstance> listed = new TreeMap<>();
  final List<@Nullable List<DiscoveredInstance>> listings = new ArrayList<>();
  final List<Long> published = new ArrayList<>();
  final Map<String, Session> stored = new TreeMap<>();
  final Set<String> lost = new HashSet<>();
  long now = START;
  private final PriorityQueue<Event> queue =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
  private long order;
  private int names;
  private boolean deleted;

  private record Event(long at, long order, Runnable what) {}

  /** One life of one container. */
  static final class Container {
    final String id;
    final String address;
    final String boot;
    final String pod;
    final long since;
    final Set<String> sessions = new HashSet<>();

    Container(String id, String address, String boot, String pod, long since) {
      this.id = id;
      this.address = address;
      this.boot = boot;
      this.pod = pod;
      this.since = since;
    }
  }

  LossFixture(long seed) {
    random = new Random(seed);
    kind = Kind.values()[random.nextInt(Kind.values().length)];
    boots = kind == Kind.NAMES || random.nextInt(3) > 0;
    for (int i = 0; i < INSTANCES; i++) {
      begin(id(i), kind == Kind.CONFIGURED ? id(i) : freeAddress(), pod());
    }
    publish();
  }

  String id(int index) {
    return kind == Kind.CONFIGURED ? "10.0.0." + index + ":8080" : "chat-" + index;
  }

  void at(long when, Runnable what) {
    queue.add(new Event(Math.max(when, now), order++, what));
  }

  void after(long delay, Runnable what) {
    at(now + delay, what);
  }

  void runUntil(long end) {
    while (!queue.isEmpty() && queue.peek().at <= end) {
      Event next = queue.poll();
      now = next.at;
      next.what.run();
    }
    now = end;
  }

  int upTo(int most) {
    return random.nextInt(most);
  }

  boolean oneIn(int cases) {
    return random.nextInt(cases) == 0;
  }

  /** Whether a container still holds the session. */
  boolean holds(Session session) {
    return byId.values().stream().anyMatch(c -> c.sessions.contains(session.id()));
  }

  // What happens to containers

  /**
   * The process ends, and begins anew in the same place. Without a boot id that shows only to those
   * who look meanwhile, and not all look at a pod all the time.
   */
  void restart() {
    Container old = any();
    if (old != null && kind == Kind.PODS && !boots) {
      replace();
    } else if (old != null && !passesUnseen(old)) {
      end(old);
      after(upTo(8_000) + (boots ? 1_000 : LONGER_THAN_CHECKS), () -> again(old));
    }
  }

  /**
   * Whether the container, if it ended now, might have begun and ended between two checks of a
   * replica. Without a name, that life and the breaks before and after it are one long break to
   * that replica. A session of that life was then stored in the break, perhaps in its later half,
   * as one of the next life is by a clock that is behind: nothing that the replica sees tells them
   * apart. Pods are distinguished by their UIDs.
   */
  private boolean passesUnseen(Container container) {
    return kind == Kind.CONFIGURED && !boots && now - container.since < LONGER_THAN_CHECKS;
  }

  private void again(Container old) {
    if (!byId.containsKey(old.id) && !byAddress.containsKey(old.address)) {
      begin(old.id, old.address, old.pod);
      publish();
    }
  }

  /** The pod is deleted, and another of its name begins somewhere else; or it moves alive. */
  void replace() {
    Container old = any();
    if (old == null || kind == Kind.CONFIGURED) {
      restart();
    } else if (kind == Kind.NAMES) {
      move(old);
    } else {
      end(old);
      listed.remove(old.id);
      publish();
      String address = oneIn(3) && boots ? old.address : freeAddress();
      after(500 + upTo(8_000), () -> appear(old.id, address));
    }
  }

  private void move(Container old) {
    byAddress.remove(old.address);
    Container moved = new Container(old.id, freeAddress(), old.boot, old.pod, old.since);
    moved.sessions.addAll(old.sessions);
    place(moved);
    publish();
  }

  private void appear(String id, String address) {
    if (!byId.containsKey(id)) {
      begin(id, byAddress.containsKey(address) ? freeAddress() : address, pod());
      publish();
    }
  }

  /** The Service is gone for a while; its pods live on. */
  void deleteService() {
    if (kind == Kind.PODS && !deleted) {
      deleted = true;
      publish();
      after(1_000 + upTo(15_000), this::restoreService);
    }
  }

  private void restoreService() {
    deleted = false;
    publish();
  }

  /**
   * The platform is as it should be. Not everybody comes back; but of a name that is there no more
   * DNS tells nothing.
   */
  void heal() {
    deleted = false;
    for (int i = 0; i < INSTANCES; i++) {
      String id = id(i);
      if (!byId.containsKey(id) && (kind == Kind.NAMES || !oneIn(3))) {
        String address = kind == Kind.CONFIGURED ? id : freeAddress();
        after(LONGER_THAN_CHECKS, () -> appear(id, address));
      } else if (!byId.containsKey(id)) {
        listed.remove(id);
      }
    }
    publish();
  }

  private @Nullable Container any() {
    List<Container> all = List.copyOf(byId.values());
    return all.isEmpty() ? null : all.get(upTo(all.size()));
  }

  private void begin(String id, String address, String pod) {
    place(new Container(id, address, boots ? "boot-" + names++ : "", pod, now));
  }

  private void place(Container container) {
    byId.put(container.id, container);
    byAddress.put(container.address, container);
    listed.put(container.id, sighting(container));
  }

  private void end(Container container) {
    byId.remove(container.id, container);
    byAddress.remove(container.address, container);
    container.sessions.clear();
  }

  private String pod() {
    return kind == Kind.PODS ? "uid-" + names++ : "";
  }

  /** Addresses are used again soon, where boot ids can tell. */
  private String freeAddress() {
    while (true) {
      String address = "10.1.0." + (boots ? upTo(3 * INSTANCES) : names++) + ":8080";
      boolean listedForAnother =
          listed.values().stream().anyMatch(s -> s.instance().authority().equals(address));
      if (!byAddress.containsKey(address) && !listedForAnother) {
        return address;
      }
    }
  }

  /** What the platform says from now on; null if nothing at all. */
  private void publish() {
    if (kind != Kind.CONFIGURED) {
      listings.add(deleted ? null : List.copyOf(listed.values()));
      published.add(now);
    }
  }

  private static DiscoveredInstance sighting(Container c) {
    String[] parts = c.address.split(":", -1);
    Instance instance =
        new Instance("chat", "main", c.id, parts[0], Integer.parseInt(parts[1]), false);
    return new DiscoveredInstance(instance, Readiness.READY, c.pod, 0);
  }
}
