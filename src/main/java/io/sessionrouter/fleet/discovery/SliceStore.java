package io.sessionrouter.fleet.discovery;

import io.sessionrouter.domain.Instance;
import io.sessionrouter.fleet.Sighting;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The EndpointSlices of one Service as far as they are known, and up to which version.
 *
 * <p>The state machine of the watch, without the network. Used on one event loop.
 */
final class SliceStore {
  private static final List<String> FAMILIES = List.of("IPv4", "IPv6", "FQDN");

  private static final Comparator<Found> BY_PREFERENCE =
      Comparator.comparingInt((Found f) -> FAMILIES.indexOf(f.family))
          .thenComparing(f -> f.sighting.standing())
          .thenComparing(f -> f.sighting.instance().authority());

  private static final Comparator<Sighting> READY_FIRST =
      Comparator.comparing(Sighting::standing).thenComparing(s -> s.instance().id());

  private final Map<String, Slice> slices = new HashMap<>();
  private String resourceVersion = "";

  private record Found(String family, Sighting sighting) {}

  /** From where to watch on; empty if a list is needed first. */
  String resourceVersion() {
    return resourceVersion;
  }

  /** A list replaces all that was known. */
  void replace(Collection<Slice> all, String version) {
    slices.clear();
    all.forEach(slice -> slices.put(slice.name(), slice));
    resourceVersion = version;
  }

  /** The version is forgotten by the API server; what is known is kept until the next list. */
  void outdated() {
    resourceVersion = "";
  }

  /**
   * Takes in what a watch told.
   *
   * @return whether slices may have changed
   * @throws ApiFailure if the watch told that it failed
   */
  boolean apply(SliceEvent event) {
    return switch (event) {
      case SliceEvent.Changed(Slice slice, String version) -> {
        seen(version);
        yield !slice.equals(slices.put(slice.name(), slice));
      }
      case SliceEvent.Deleted(String name, String version) -> {
        seen(version);
        yield slices.remove(name) != null;
      }
      case SliceEvent.Bookmark(String version) -> {
        seen(version);
        yield false;
      }
      case SliceEvent.Failed(ApiFailure why) -> throw why;
    };
  }

  /**
   * Every pod once, though it may be in several slices: of both address families, or while it moves
   * from one to another.
   */
  List<Sighting> sightings(Target target) {
    Map<String, Sighting> byId = new LinkedHashMap<>();
    slices.values().stream()
        .flatMap(slice -> found(slice, target))
        .sorted(BY_PREFERENCE)
        .forEach(f -> byId.putIfAbsent(f.sighting.instance().id(), f.sighting));
    return byId.values().stream().sorted(READY_FIRST).toList();
  }

  /** Slices whose port cannot be told; the user has to name one. */
  List<String> withoutPort(Target target) {
    return slices.values().stream()
        .filter(slice -> !slice.backends().isEmpty() && target.portOf(slice) < 0)
        .map(Slice::name)
        .sorted()
        .toList();
  }

  private static Stream<Found> found(Slice slice, Target target) {
    int port = target.portOf(slice);
    return port < 0
        ? Stream.of()
        : slice.backends().stream()
            .map(b -> new Sighting(instance(slice, b, target, port), b.standing()))
            .map(sighting -> new Found(slice.family(), sighting));
  }

  private static Instance instance(Slice slice, Slice.Backend backend, Target target, int port) {
    return target.instance(backend, slice.family(), port);
  }

  private void seen(String version) {
    if (!version.isEmpty()) {
      resourceVersion = version;
    }
  }
}
