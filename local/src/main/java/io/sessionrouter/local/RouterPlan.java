package io.sessionrouter.local;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The addresses and settings of one router.
 *
 * @param heap as Java's {@code -Xmx} takes it
 * @param more further configuration of the router
 */
public record RouterPlan(
    int port,
    int managementPort,
    URI redis,
    String endpoint,
    List<URI> instances,
    String heap,
    Map<String, String> more) {

  /** The endpoint that the demo serves. */
  public static final String ENDPOINT = "chat";

  public static final String DEFAULT_HEAP = "128m";

  public RouterPlan(int port, int managementPort, URI redis, String endpoint, List<URI> instances) {
    this(port, managementPort, redis, endpoint, instances, DEFAULT_HEAP, Map.of());
  }

  public RouterPlan withHeap(String size) {
    return new RouterPlan(port, managementPort, redis, endpoint, instances, size, more);
  }

  /** The same router, seen by clients of another one of its endpoints. */
  public RouterPlan at(String otherEndpoint) {
    return new RouterPlan(port, managementPort, redis, otherEndpoint, instances, heap, more);
  }

  public RouterPlan with(Map<String, String> properties) {
    return new RouterPlan(
        port, managementPort, redis, endpoint, instances, heap, Map.copyOf(properties));
  }

  public Map<String, String> properties() {
    Map<String, String> properties = new TreeMap<>();
    // There is no load balancer to notice, and nobody who waits for long after Ctrl-C.
    properties.put("session-router.drain.delay", "0s");
    properties.put("session-router.drain.timeout", "5s");
    properties.put("quarkus.log.console.json.enabled", "false");
    properties.putAll(more);
    properties.put("session-router.http.host", "127.0.0.1");
    properties.put("session-router.http.port", String.valueOf(port));
    properties.put("quarkus.http.host", "127.0.0.1");
    properties.put("quarkus.http.port", String.valueOf(managementPort));
    properties.put(
        "session-router.endpoints.%s.variants.main.instances".formatted(endpoint),
        instances.stream().map(URI::toString).collect(Collectors.joining(",")));
    return properties;
  }

  /** Redis comes by the environment: its URL may hold a password, and everybody sees commands. */
  public Map<String, String> environment() {
    return Map.of("QUARKUS_REDIS_HOSTS", redis.toString());
  }

  public URI url() {
    return urlAt(port);
  }

  static URI urlAt(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }

  public URI management() {
    return URI.create("http://127.0.0.1:" + managementPort);
  }

  public URI readiness() {
    return management().resolve("/q/health/ready");
  }

  public URI invocations() {
    return url().resolve("/endpoints/%s/invocations".formatted(endpoint));
  }
}
