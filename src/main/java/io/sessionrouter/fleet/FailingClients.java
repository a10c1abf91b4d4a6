package io.sessionrouter.fleet;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The clients of one variant whose requests broke lately, and what each instance did with their
 * last one: a failure that a client meets everywhere is the client's.
 *
 * <p>Empty as long as nothing breaks; then an answered request pays for one look.
 */
final class FailingClients {
  /** Further ones are not distinguished until some are forgotten. */
  static final int MAX_CLIENTS = 256;

  private static final int MAX_INSTANCES = 16;
  private static final long MEMORY_MILLIS = Duration.ofMinutes(1).toMillis();

  private final Map<Long, Client> clients = new ConcurrentHashMap<>();

  /** What happened to a client's last request elsewhere. */
  enum Elsewhere {
    UNKNOWN,
    ANSWERED,
    BROKE
  }

  /** The client's last request on each instance, the newest last: whether it was answered. */
  private static final class Client {
    private final Map<Member, Boolean> last = new LinkedHashMap<>();
    private long at;

    synchronized void met(Member on, boolean answered, long now) {
      last.remove(on);
      last.put(on, answered);
      at = now;
      if (last.size() > MAX_INSTANCES) {
        last.remove(last.keySet().iterator().next());
      }
    }

    synchronized Elsewhere elsewhere(Member than) {
      Elsewhere newest = Elsewhere.UNKNOWN;
      for (Map.Entry<Member, Boolean> each : last.entrySet()) {
        if (each.getKey() != than) {
          newest = each.getValue() ? Elsewhere.ANSWERED : Elsewhere.BROKE;
        }
      }
      return newest;
    }

    synchronized boolean forgotten(long now) {
      return now - at > MEMORY_MILLIS;
    }
  }

  /** A request of the client broke. */
  Elsewhere broke(long client, Member on, long now) {
    Client known = client(client, now);
    if (known == null) {
      return Elsewhere.UNKNOWN;
    }
    Elsewhere elsewhere = known.elsewhere(on);
    known.met(on, false, now);
    return elsewhere;
  }

  private @Nullable Client client(long client, long now) {
    clients.values().removeIf(c -> c.forgotten(now));
    return clients.size() < MAX_CLIENTS
        ? clients.computeIfAbsent(client, c -> new Client())
        : clients.get(client);
  }

  /** A request was answered. */
  void answered(Requester by, Member on, long now) {
    Client known = clients.get(by.client());
    if (known != null) {
      known.met(on, true, now);
    }
  }

  boolean isEmpty() {
    return clients.isEmpty();
  }
}
