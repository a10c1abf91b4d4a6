package io.sessionrouter.domain;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The validated configuration of the router, as the rooms use it.
 *
 * @param endpoints by name
 */
public record Settings(Http http, Upstream upstream, Map<String, Endpoint> endpoints) {

  /**
   * The data port.
   *
   * @param host address to listen on
   * @param port 0 takes a free one
   * @param maxConnections client connections beyond it are refused with {@code ServiceUnavailable}
   * @param maxConnectionsPerAddress the same for one client address; null if unbounded
   * @param memory in bytes, that clients may make the router hold
   * @param headTimeout from a request's first byte (or the connection's begin) to its head's end
   * @param bodyTimeout longest silence while a request body is awaited
   * @param idleTimeout how long a kept-alive connection may wait for its next request
   * @param tls null for plain HTTP
   */
  public record Http(
      String host,
      int port,
      int maxConnections,
      @Nullable Integer maxConnectionsPerAddress,
      long memory,
      Duration headTimeout,
      Duration bodyTimeout,
      Duration idleTimeout,
      @Nullable Tls tls) {}

  /**
   * TLS towards clients.
   *
   * @param configurationName in the TLS registry
   * @param clientAuth whether clients must show a certificate
   */
  public record Tls(String configurationName, boolean clientAuth) {}

  /**
   * The management port.
   *
   * @param hosts names in small letters by which it may be called, beside IP addresses
   */
  public record Management(Set<String> hosts) {}

  /**
   * The router's own end.
   *
   * @param delay how long it goes on as before once it says that it is not ready
   * @param timeout how long requests and streams may then take to end
   */
  public record Drain(Duration delay, Duration timeout) {}

  /**
   * Connections to instances.
   *
   * @param idleTimeout how long an unused connection is kept; less than the containers' keep-alive,
   *     so that the router closes first
   * @param maxIdle unused connections kept per instance and event loop
   */
  public record Upstream(Duration idleTimeout, int maxIdle) {}

  /**
   * One endpoint: what clients name in the path.
   *
   * @param tlsConfigurationName in the TLS registry; whom its {@code https} instances are to be
   * @param models null if it serves a single model
   */
  public record Endpoint(
      String name,
      List<Variant> variants,
      Sessions sessions,
      Limits limits,
      Timeouts timeouts,
      Health health,
      String tlsConfigurationName,
      @Nullable Models models) {

    /** An endpoint of a single model. */
    public Endpoint(
        String name,
        List<Variant> variants,
        Sessions sessions,
        Limits limits,
        Timeouts timeouts,
        Health health,
        String tlsConfigurationName) {
      this(name, variants, sessions, limits, timeouts, health, tlsConfigurationName, null);
    }
  }

  /**
   * Models that are loaded when asked for.
   *
   * @param prefix where they lie; without a slash at its end
   * @param maxWait how long a request waits for a load
   * @param loadTimeout how long a load may take
   * @param spreadAt a model's requests in flight, on each instance that has it, at which it is
   *     loaded on one more; null for never
   * @param retryFailedAfter how long a failed load is remembered
   */
  public record Models(
      String prefix,
      Duration maxWait,
      Duration loadTimeout,
      @Nullable Integer spreadAt,
      Duration retryFailedAfter) {}

  /**
   * A set of instances that serve the same model build.
   *
   * @param weight share of new work, relative to the other variants' weights; 0 takes none
   * @param instances those that never change
   */
  public record Variant(String name, int weight, List<URI> instances, List<Discovery> discoveries) {

    /** A variant of these instances only. */
    public Variant(String name, int weight, List<URI> instances) {
      this(name, weight, instances, List.of());
    }
  }

  /** Where more instances of a variant are found while the router runs. */
  public sealed interface Discovery {

    /**
     * The endpoints of a Kubernetes Service.
     *
     * @param namespace null for the router's own
     * @param port a number, or the name of a port of the Service; null if it has only one
     * @param tls whether the containers speak TLS
     */
    record Kubernetes(
        String service, @Nullable String namespace, @Nullable String port, boolean tls)
        implements Discovery {}

    /**
     * A name in DNS.
     *
     * @param name a host name, or that of SRV records if it begins with an underscore
     * @param port 0 if SRV records tell it
     * @param interval how often it is looked up
     * @param tls whether the containers speak TLS
     */
    record Dns(String name, int port, Duration interval, boolean tls) implements Discovery {

      /** Whether the name is one of SRV records. */
      public boolean isService() {
        return name.startsWith("_");
      }
    }
  }

  /**
   * How sessions begin and end.
   *
   * @param maxTtl longest life of a session, whatever the container says
   * @param idleTimeout null if sessions do not end by being idle
   * @param maxPerInstance null if unbounded
   * @param openHeader how a container is told that a session is to be opened
   * @param closePayload body of the request that tells a container to close a session
   */
  public record Sessions(
      Duration maxTtl,
      @Nullable Duration idleTimeout,
      @Nullable Integer maxPerInstance,
      OpenHeader openHeader,
      String closePayload) {

    /** Sessions whose openings containers see by the router's own header. */
    public Sessions(
        Duration maxTtl,
        @Nullable Duration idleTimeout,
        @Nullable Integer maxPerInstance,
        String closePayload) {
      this(maxTtl, idleTimeout, maxPerInstance, OpenHeader.ROUTER, closePayload);
    }
  }

  /** How a container is told that a session is to be opened. */
  public enum OpenHeader {
    /** By the router's own header. */
    ROUTER,
    /** By the client's. */
    FORWARD
  }

  /**
   * What a request may be.
   *
   * @param maxBody bytes
   */
  public record Limits(long maxBody) {}

  /**
   * How long each step of a request may take.
   *
   * @param connect until a connection to an instance is open
   * @param firstByte from the request's end to the response's head
   * @param stream from the response's head to its end
   * @param reach how long connects are tried again in all
   */
  public record Timeouts(Duration connect, Duration firstByte, Duration stream, Duration reach) {

    /** With the usual time for connects that are tried again. */
    public Timeouts(Duration connect, Duration firstByte, Duration stream) {
      this(connect, firstByte, stream, Duration.ofSeconds(3));
    }
  }

  /** Active health checks, and what follows from broken requests. */
  public record Health(String path, Duration interval, Duration timeout, Ejection ejection) {

    /** With the usual ejection. */
    public Health(String path, Duration interval, Duration timeout) {
      this(path, interval, timeout, Ejection.USUAL);
    }
  }

  /**
   * When instances that break requests are put out although their checks pass.
   *
   * @param maxShare of a variant's instances, 0 to 1
   * @param shortest how long the first time
   * @param longest how long at most
   */
  public record Ejection(double maxShare, Duration shortest, Duration longest) {
    /** What nobody has to think about. */
    public static final Ejection USUAL =
        new Ejection(0.5, Duration.ofSeconds(5), Duration.ofMinutes(1));
  }
}
