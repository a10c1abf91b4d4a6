package io.sessionrouter.app;

import java.util.Map;

/** What runs around a router while it is tested. */
interface Surroundings {
  /** Starts all of it; the settings of a router in its midst. */
  Map<String, String> start();

  void stop();
}
