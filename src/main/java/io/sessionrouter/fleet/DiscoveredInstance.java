package io.sessionrouter.fleet;

import io.sessionrouter.domain.Instance;

/**
 * An instance as a discovery saw it.
 *
 * @param pod UID of its pod; empty if it is none, or the discovery does not know
 * @param began when the container in that pod began, epoch milliseconds; 0 if that is not reported
 */
public record DiscoveredInstance(Instance instance, Readiness standing, String pod, long began) {

  /** An instance of which no more is known than where it is. */
  public DiscoveredInstance(Instance instance, Readiness standing) {
    this(instance, standing, "", 0);
  }

  DiscoveredInstance standing(Readiness now) {
    return new DiscoveredInstance(instance, now, pod, began);
  }
}
