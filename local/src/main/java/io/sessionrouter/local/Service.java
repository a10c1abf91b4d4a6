package io.sessionrouter.local;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A process to run, and how to know that it is ready; can be started again after it ended.
 *
 * @param name also the name of its log file
 * @param url where it will listen
 * @param environment on top of the launcher's own
 * @param patience how long it may take to become ready
 */
public record Service(
    String name,
    URI url,
    List<String> command,
    Map<String, String> environment,
    Probe ready,
    Duration patience) {

  public Service {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }
}
