package io.sessionrouter.endpoint;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
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
  private final Followers followers = new Followers();

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
  public synchronized void follow(Room order, EndpointFollower follower) {
    endpoints.values().forEach(endpoint -> follower.check(endpoint.settings()));
    followers.add(order, follower);
    endpoints.values().forEach(follower::added);
  }

  /**
   * Whether all rooms could serve the endpoint.
   *
   * @throws IllegalArgumentException saying which setting one of them cannot work with
   */
  public synchronized void check(EndpointSettings settings) {
    followers.all().forEach(follower -> follower.check(settings));
  }

  /**
   * Puts an endpoint into service, with these settings from now on.
   *
   * @throws IllegalArgumentException as {@link #check} does; then nothing has changed
   */
  public synchronized void put(EndpointSettings settings) {
    if (!inService(settings)) {
      check(settings);
      place(settings);
    }
  }

  /**
   * Takes these endpoints for all that are to be in service, and retires the others. Rooms try
   * again what they could not do before.
   *
   * @return what rooms could not do; all else is in force
   * @throws IllegalArgumentException as {@link #check} does; then nothing has changed
   */
  public synchronized List<Unapplied> replace(Collection<EndpointSettings> all) {
    List<EndpointSettings> different = all.stream().filter(s -> !inService(s)).toList();
    different.forEach(this::check);
    Set<String> kept = names(all);
    List<String> gone = endpoints.keySet().stream().filter(name -> !kept.contains(name)).toList();
    Set<String> owing = followers.owing();
    owing.removeAll(names(different));
    gone.forEach(owing::remove);
    owing.forEach(name -> followers.retry(name, endpoints.get(name)));
    different.forEach(this::place);
    gone.forEach(this::retire);
    return followers.unapplied();
  }

  private static Set<String> names(Collection<EndpointSettings> all) {
    return all.stream().map(EndpointSettings::name).collect(Collectors.toSet());
  }

  private boolean inService(EndpointSettings settings) {
    return new Endpoint(settings, EndpointPhase.IN_SERVICE).equals(endpoints.get(settings.name()));
  }

  private void place(EndpointSettings settings) {
    Endpoint old = endpoints.get(settings.name());
    Endpoint now = new Endpoint(settings, EndpointPhase.IN_SERVICE);
    if (old == null || old.phase() == EndpointPhase.DELETED) {
      remove(settings.name());
      endpoints.put(now.name(), now);
      followers.added(now);
    } else {
      change(now);
    }
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
      followers.removed(name);
    }
  }

  private void change(Endpoint now) {
    endpoints.put(now.name(), now);
    followers.changed(now);
  }
}
