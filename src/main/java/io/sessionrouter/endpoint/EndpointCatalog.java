package io.sessionrouter.endpoint;

import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints that exist. They come, change and go while the router runs, and the rooms that keep
 * something of them follow.
 *
 * <p>An endpoint that goes is retired or deleted first, which requests see, and removed when
 * nothing uses it any more. One change follows the other; readers see all of a change in the rooms'
 * own snapshots.
 */
public final class EndpointCatalog {
  private final Map<String, Endpoint> endpoints = new ConcurrentSkipListMap<>();
  private final Map<Order, EndpointFollower> followers = new EnumMap<>(Order.class);

  /**
   * The order in which rooms learn of what is new: what requests need is there before requests can
   * see the endpoint. They learn in reverse of what is removed.
   */
  public enum Order {
    METERS,
    TLS,
    SESSIONS,
    FLEET,
    MODELS,
    DISCOVERY
  }

  /** A catalog of these endpoints, all in service. */
  public EndpointCatalog(Map<String, EndpointSettings> initial) {
    initial.forEach(
        (name, settings) -> endpoints.put(name, new Endpoint(settings, EndpointPhase.IN_SERVICE)));
  }

  /** All endpoints of now, by name; waits for no change, so event loops may ask. */
  public List<Endpoint> all() {
    return List.copyOf(endpoints.values());
  }

  /** The endpoint of that name; null if there is none. Waits for no change. */
  public @Nullable Endpoint get(String name) {
    return endpoints.get(name);
  }

  /**
   * Adds a room, which is called for every endpoint that there is.
   *
   * @throws IllegalArgumentException as {@link EndpointFollower#check} does
   */
  public synchronized void follow(Order order, EndpointFollower follower) {
    endpoints.values().forEach(endpoint -> follower.check(endpoint.settings()));
    if (followers.putIfAbsent(order, follower) != null) {
      throw new IllegalStateException(order + " is followed already");
    }
    endpoints.values().forEach(follower::added);
  }

  /**
   * Whether all rooms could serve the endpoint.
   *
   * @throws IllegalArgumentException saying which setting one of them cannot work with
   */
  public synchronized void check(EndpointSettings settings) {
    followers.values().forEach(follower -> follower.check(settings));
  }

  /**
   * Puts an endpoint into service, with these settings from now on.
   *
   * @throws IllegalArgumentException as {@link #check} does; then nothing has changed
   */
  public synchronized void put(EndpointSettings settings) {
    Endpoint old = endpoints.get(settings.name());
    Endpoint now = new Endpoint(settings, EndpointPhase.IN_SERVICE);
    if (now.equals(old)) {
      return;
    }
    check(settings);
    if (old == null || old.phase() == EndpointPhase.DELETED) {
      remove(settings.name());
      endpoints.put(now.name(), now);
      followers.values().forEach(follower -> follower.added(now));
    } else {
      change(now);
    }
  }

  /**
   * Takes these endpoints for all that are to be in service, and retires the others. All of them
   * must have been {@linkplain #check checked}.
   */
  public synchronized void replace(Collection<EndpointSettings> all) {
    all.forEach(this::put);
    List<String> kept = all.stream().map(EndpointSettings::name).toList();
    List.copyOf(endpoints.keySet()).stream()
        .filter(name -> !kept.contains(name))
        .forEach(this::retire);
  }

  /** Leaves the endpoint to the sessions that it has. */
  public synchronized void retire(String name) {
    Endpoint old = endpoints.get(name);
    if (old != null && old.phase() == EndpointPhase.IN_SERVICE) {
      change(new Endpoint(old.settings(), EndpointPhase.RETIRED));
    }
  }

  /** Ends the endpoint and its sessions. */
  public synchronized void delete(String name) {
    Endpoint old = endpoints.get(name);
    if (old != null && old.phase() != EndpointPhase.DELETED) {
      change(new Endpoint(old.settings(), EndpointPhase.DELETED));
    }
  }

  /** Forgets an endpoint that was retired or deleted, as nothing uses it any more. */
  public synchronized void remove(String name) {
    Endpoint old = endpoints.get(name);
    if (old != null && old.phase() != EndpointPhase.IN_SERVICE) {
      endpoints.remove(name);
      inReverse(follower -> follower.removed(name));
    }
  }

  private void change(Endpoint now) {
    endpoints.put(now.name(), now);
    followers.values().forEach(follower -> follower.changed(now));
  }

  private void inReverse(Consumer<EndpointFollower> step) {
    List.copyOf(followers.values()).reversed().forEach(step);
  }
}
