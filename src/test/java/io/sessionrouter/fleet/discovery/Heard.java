package io.sessionrouter.fleet.discovery;

import static org.awaitility.Awaitility.await;

import io.sessionrouter.fleet.DiscoveredInstance;
import io.sessionrouter.fleet.FleetUpdates;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** What a discovery told the fleet. */
final class Heard implements FleetUpdates.Source {
  static final Duration PATIENT = Duration.ofSeconds(30);

  final List<List<String>> lists = new CopyOnWriteArrayList<>();
  final Map<String, Long> began = new ConcurrentHashMap<>();
  final AtomicLong knownUntil = new AtomicLong();

  @Override
  public void lists(Collection<DiscoveredInstance> sightings, long asOf) {
    stillAt(asOf);
    sightings.forEach(s -> began.put(s.instance().id(), s.began()));
    lists.add(
        sightings.stream()
            .map(s -> s.instance().id() + " " + s.instance().authority() + " " + s.standing())
            .toList());
  }

  @Override
  public void silent() {
    lists.add(List.of("silence"));
  }

  @Override
  public void stillAt(long asOf) {
    knownUntil.accumulateAndGet(asOf, Math::max);
  }

  @Override
  public void close() {
    lists.add(List.of("closed"));
  }

  List<String> last() {
    return lists.isEmpty() ? List.of("nothing yet") : lists.getLast();
  }

  void awaitLast(String... instances) {
    await()
        .alias("instances " + List.of(instances))
        .atMost(PATIENT)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> last().equals(List.of(instances)));
  }
}
