package io.sessionrouter.fleet;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How far one snapshot of an endpoint's instances can be relied on.
 *
 * <p>It belongs to its snapshot: what is known of a later one says nothing of this one.
 */
final class SnapshotValidity {
  /** Everything, for ever. */
  static final Until ALWAYS = new Until(Long.MAX_VALUE, Long.MAX_VALUE);

  /** Nothing: no source has spoken. */
  static final Until NOTHING = new Until(0, 0);

  private final Map<String, Until> byVariant = new ConcurrentHashMap<>();
  private final Until otherwise;

  /**
   * Moments, epoch milliseconds; 0 if a source has said nothing yet.
   *
   * @param here when the instances that are listed were there, and nowhere else
   * @param all when there were no others
   */
  record Until(long here, long all) {}

  /**
   * @param otherwise what holds for a variant that nothing was said of
   */
  SnapshotValidity(Until otherwise) {
    this.otherwise = otherwise;
  }

  void until(String variant, Until moments) {
    byVariant.put(variant, moments);
  }

  Until until(String variant) {
    return byVariant.getOrDefault(variant, otherwise);
  }
}
