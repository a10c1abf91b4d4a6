package io.sessionrouter.fleet.discovery;

import io.sessionrouter.fleet.DiscoveredInstance;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** When the containers of one namespace's pods began, as far as the router may know. */
final class PodStarts {
  private final Map<String, Pod> byUid = new ConcurrentHashMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  void onChange(Runnable listener) {
    listeners.add(listener);
  }

  void forget(Runnable listener) {
    listeners.remove(listener);
  }

  void replace(List<Pod> all) {
    Map<String, Pod> before = Map.copyOf(byUid);
    byUid.clear();
    all.forEach(pod -> byUid.put(pod.uid(), pod));
    if (!before.equals(byUid)) {
      listeners.forEach(Runnable::run);
    }
  }

  void changed(Pod pod) {
    if (!pod.equals(byUid.put(pod.uid(), pod))) {
      listeners.forEach(Runnable::run);
    }
  }

  void deleted(Pod pod) {
    byUid.remove(pod.uid());
  }

  /** The same, with the moment when its container began anew, if it did. */
  DiscoveredInstance begun(DiscoveredInstance found) {
    Pod pod = byUid.get(found.pod());
    return pod == null
        ? found
        : new DiscoveredInstance(
            found.instance(),
            found.standing(),
            found.pod(),
            pod.restartedAt(found.instance().port()));
  }
}
