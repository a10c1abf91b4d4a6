package io.sessionrouter.fleet.discovery;

import io.sessionrouter.domain.Instance;
import io.sessionrouter.fleet.DiscoveredInstance;
import io.sessionrouter.fleet.Readiness;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The EndpointSlices of one Service as far as they are known, and up to which version.
 *
 * <p>The state machine of the watch, without the network. Used on one event loop.
 */
final class SliceStore {
  private static final List<String> FAMILIES = List.of("IPv4", "IPv6", "FQDN");

  private static final Comparator<DiscoveredInstance> READY_FIRST =
      Comparator.comparing(DiscoveredInstance::standing).thenComparing(s -> s.instance().id());

  private static final Comparator<Found> BY_PREFERENCE =
      Comparator.comparing((Found f) -> f.sighting.standing() == Readiness.TERMINATING)
          .thenComparingInt(SliceStore::rank)
          .thenComparing(f -> f.sighting.standing())
          .thenComparing(f -> f.sighting.instance().authority());

  private final Map<String, Slice> slices = new HashMap<>();
  private String resourceVersion = "";

  /** A pod at one of its addresses. */
  record Found(String family, DiscoveredInstance sighting) {

    String id() {
      return sighting.instance().id();
    }
  }

  /** From where to watch on; empty if a list is needed first. */
  String resourceVersion() {
    return resourceVersion;
  }

  /** Whether there is no slice at all: a Service without pods has an empty one. */
  boolean isEmpty() {
    return slices.isEmpty();
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
   * Takes in what a watch reported.
   *
   * @return whether slices may have changed
   * @throws ApiFailure if the watch reported that it failed
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

  /** The lower, the better the address family. */
  static int rank(Found found) {
    return FAMILIES.indexOf(found.family);
  }

  /** What {@link #found} says, as it is now. */
  List<DiscoveredInstance> sightings(Target target) {
    return ordered(found(target));
  }

  static List<DiscoveredInstance> ordered(Collection<Found> found) {
    return found.stream().map(Found::sighting).sorted(READY_FIRST).toList();
  }

  /**
   * Every pod once, though it may be in several slices: of both address families, or while it moves
   * from one to another. That a pod was asked to end is true whichever slice says so.
   */
  List<Found> found(Target target) {
    List<Found> all = slices.values().stream().flatMap(slice -> found(slice, target)).toList();
    Set<String> ending =
        all.stream()
            .map(Found::sighting)
            .filter(s -> s.standing() == Readiness.TERMINATING && !s.pod().isEmpty())
            .map(DiscoveredInstance::pod)
            .collect(Collectors.toSet());
    Map<String, Found> byId = new LinkedHashMap<>();
    all.stream()
        .map(f -> ending.contains(f.sighting.pod()) ? ending(f) : f)
        .sorted(BY_PREFERENCE)
        .forEach(f -> byId.putIfAbsent(f.id(), f));
    return List.copyOf(byId.values());
  }

  private static Found ending(Found found) {
    DiscoveredInstance s = found.sighting;
    return new Found(
        found.family,
        new DiscoveredInstance(s.instance(), Readiness.TERMINATING, s.pod(), s.began()));
  }

  /** The ports of slices that have not got the configured number: it may be the Service's own. */
  List<Integer> otherPorts(Target target) {
    OptionalInt number = target.number();
    return slices.values().stream()
        .filter(slice -> number.isPresent() && !slice.backends().isEmpty())
        .filter(slice -> slice.ports().stream().noneMatch(p -> p.number() == number.getAsInt()))
        .flatMap(slice -> slice.ports().stream())
        .map(Slice.Port::number)
        .distinct()
        .sorted()
        .toList();
  }

  /** Slices whose port is unknown; the user has to name one. */
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
            .map(
                b ->
                    new DiscoveredInstance(
                        instance(slice, b, target, port), b.standing(), b.pod(), 0))
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
