package io.sessionrouter.container.api;

import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.jboss.logging.Logger;

/** Logs each key that requests of a model had for nothing, once, and a bounded number of them. */
final class IgnoredKeyLog {
  private static final Logger LOG = Logger.getLogger(IgnoredKeyLog.class);
  private static final int MOST = 20;

  /** Of models that are still loaded. */
  private final Map<Object, Set<String>> logged = Collections.synchronizedMap(new WeakHashMap<>());

  /**
   * Logs what is new.
   *
   * @param model whose requests had the keys
   * @return how many lines were written
   */
  int note(Object model, IgnoredKeys keys) {
    if (keys.names().isEmpty()) {
      return 0;
    }
    Set<String> known = logged.computeIfAbsent(model, first -> new HashSet<>());
    int lines = 0;
    synchronized (known) {
      for (String key : keys.names()) {
        if (known.size() < MOST && known.add(key)) {
          lines++;
          LOG.infof(
              "requests have the key \"%s\", which has no meaning here and is ignored"
                  + " (model.strict-parameters=true refuses them)",
              printable(key));
        }
      }
    }
    return lines;
  }

  /** A key may not begin a line of its own. */
  private static String printable(String key) {
    return key.replaceAll("[^\\p{Print}]", "?");
  }
}
