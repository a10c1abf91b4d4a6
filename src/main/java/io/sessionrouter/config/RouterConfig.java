package io.sessionrouter.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.sessionrouter.endpoint.OpenHeader;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What users configure under {@code session-router}; its comments are the table of
 * docs/configuration.md.
 *
 * <p>Rooms do not read this: {@link SettingsReader} checks it and makes {@link Settings} of it.
 */
@ConfigMapping(prefix = "session-router")
public interface RouterConfig {

  /** The data port. */
  Http http();

  /** The port of health, metrics and the management API. */
  Management management();

  /** The router's own end. */
  Drain drain();

  /** Connections to instances. */
  Upstream upstream();

  /** Sessions of all endpoints. */
  Store sessions();

  /** The API server, where instances are found by a Kubernetes Service. */
  Kubernetes kubernetes();

  /** Name servers, where instances are found by a DNS name. */
  Resolver dns();

  /** Whether every request is logged in one line, under the category `io.sessionrouter.access`. */
  @WithDefault("false")
  boolean accessLog();

  /** Traces of requests. */
  Tracing tracing();

  /** Endpoints by name: what clients name in the path. At least one. */
  Map<String, Endpoint> endpoints();

  /** The port clients call. */
  interface Http {

    /** Address the data port listens on. */
    @WithDefault("0.0.0.0")
    String host();

    /** The data port; 0 takes a free one. */
    @WithDefault("8080")
    int port();

    /** Client connections at the same time; further ones are refused. */
    @WithDefault("16384")
    int maxConnections();

    /** Connections one client address may have at the same time; `none` if unbounded. */
    @WithDefault(Values.NONE)
    Optional<@WithConverter(Values.CountOrNone.class) Integer> maxConnectionsPerAddress();

    /**
     * Memory that clients of both ports may make the router hold: connections, unfinished heads and
     * bodies, responses they do not read. When it is used up, the connection that holds the most
     * for the longest is closed. `half-of-heap`, or a size such as `64M`.
     */
    @WithDefault(Values.HALF)
    Optional<@WithConverter(Values.SizeOrHalf.class) MemorySize> memory();

    /** Time for a request's line and headers to arrive. */
    @WithDefault("10s")
    @WithConverter(Values.Time.class)
    Duration headTimeout();

    /** Longest silence while a request body is awaited. */
    @WithDefault("30s")
    @WithConverter(Values.Time.class)
    Duration bodyTimeout();

    /** How long a kept-alive client connection may wait for its next request. */
    @WithDefault("2m")
    @WithConverter(Values.Time.class)
    Duration idleTimeout();

    /**
     * The TLS configuration of the data port: NAME of the keys `quarkus.tls.NAME.*`. `none` for
     * plain HTTP.
     */
    @WithDefault(Values.NONE)
    Optional<@WithConverter(Values.NameOrNone.class) String> tlsConfigurationName();

    /**
     * `required` if clients must show a certificate that the TLS configuration's trust store knows;
     * else `none`.
     */
    @WithDefault(Values.NONE)
    @WithConverter(Values.RequiredOrNone.class)
    Boolean clientAuth();
  }

  /** The management port, which is configured by `quarkus.http.*`. */
  interface Management {

    /**
     * Names by which the management port may be called, comma-separated, beside IP addresses and
     * `localhost`; a page of another name must not reach it by a browser (DNS rebinding).
     */
    Optional<List<String>> hosts();
  }

  /** What happens on SIGTERM. */
  interface Drain {

    /**
     * How long the router keeps serving after it reports that it is not ready, so that load
     * balancers notice.
     */
    @WithDefault("5s")
    @WithConverter(Values.Time.class)
    Duration delay();

    /** How long requests and streams may then take to end. */
    @WithDefault("60s")
    @WithConverter(Values.Time.class)
    Duration timeout();
  }

  /** Connections from the router to instances. */
  interface Upstream {

    /**
     * How long an unused connection to an instance is kept. Keep it below the containers' own
     * keep-alive (uvicorn: 5s), so that the router closes first.
     */
    @WithDefault("4s")
    @WithConverter(Values.Time.class)
    Duration idleTimeout();

    /** Unused connections kept per instance and event loop. */
    @WithDefault("256")
    int maxIdle();
  }

  /** How sessions are kept, whatever their endpoint. */
  interface Store {

    /** Sessions of each endpoint in this replica's near cache, so that Redis is not asked again. */
    @WithDefault("100000")
    int nearCacheSize();

    /** How long Redis may take to answer before a request fails with `ServiceUnavailable`. */
    @WithDefault("1s")
    @WithConverter(Values.Time.class)
    Duration storeTimeout();
  }

  /** Access to the Kubernetes API. */
  interface Kubernetes {

    /** URL of the API server; needed only outside the cluster. */
    Optional<String> url();

    /**
     * Directory with the files `token`, `ca.crt` and `namespace` of the router's service account.
     * The token is read again for every request, since Kubernetes renews it.
     */
    @WithDefault("/var/run/secrets/kubernetes.io/serviceaccount")
    String serviceAccount();
  }

  /** Who is asked for DNS names. */
  interface Resolver {

    /**
     * IP addresses of the name servers to ask, comma-separated, with `:port` if it is not 53; those
     * of the machine if none are given.
     */
    Optional<List<String>> servers();
  }

  /** Traces of requests. */
  interface Tracing {

    /**
     * Where spans are sent: the URL of a collector that takes OTLP over HTTP, such as
     * `http://collector:4318`; `off` for no traces.
     */
    @WithDefault("off")
    String collector();

    /**
     * Share of the traces that begin here which are recorded, 0 to 1; for the trace of a client,
     * the client's decision holds.
     */
    @WithDefault("1")
    double sampleRatio();
  }

  /** One endpoint. */
  interface Endpoint {

    /** Variants by name: sets of instances that serve the same model build. At least one. */
    Map<String, Variant> variants();

    /** Sessions of this endpoint. */
    Sessions sessions();

    /** What requests may cost. */
    Limits limits();

    /** How long instances may take. */
    Timeouts timeouts();

    /** Active health checks. */
    Health health();

    /** Instances that break requests although their health checks pass. */
    Ejection ejection();

    /**
     * The TLS configuration with the trust store for `https` instances: NAME of the keys
     * `quarkus.tls.NAME.*`. `javax.net.ssl` trusts what the JDK trusts.
     */
    @WithDefault("javax.net.ssl")
    String tlsConfigurationName();

    /** Many models behind one endpoint. */
    Models models();
  }

  /** One variant of an endpoint. */
  interface Variant {

    /**
     * The instances' URLs, comma-separated, `http` or `https`, without a path. Each must be one
     * container's own address, not that of a load balancer. A variant has these, or those of a
     * Kubernetes Service, or those of a DNS name, or several of them together.
     */
    Optional<List<String>> instances();

    /** Instances behind a Kubernetes Service. */
    Service kubernetes();

    /** Instances behind a DNS name. */
    Dns dns();

    /**
     * Share of new work, relative to the other variants' weights; 0 takes only what asks for the
     * variant by name.
     */
    @WithDefault("1")
    int weight();
  }

  /** A Kubernetes Service whose endpoints are instances. */
  interface Service {

    /** Name of a Service, headless or not; the instances are the pods behind it. */
    Optional<String> service();

    /** The Service's namespace; the router's own if it is not given. */
    Optional<String> namespace();

    /** Number of the container's port, or name of the Service's; its only one if not given. */
    Optional<String> port();

    /** Whether the containers speak TLS. */
    @WithDefault("false")
    boolean tls();
  }

  /** A DNS name whose addresses are instances. */
  interface Dns {

    /**
     * A host name with one address per instance, such as that of a headless Service, or, beginning
     * with `_`, the full name of SRV records.
     */
    Optional<String> name();

    /** The containers' port; needed unless SRV records contain it. */
    OptionalInt port();

    /** How often the name is looked up. */
    @WithDefault("5s")
    @WithConverter(Values.Time.class)
    Duration interval();

    /** Whether the containers speak TLS. */
    @WithDefault("false")
    boolean tls();
  }

  /** Sessions of one endpoint. */
  interface Sessions {

    /** Longest life of a session, even if the container says more. */
    @WithDefault("20m")
    @WithConverter(Values.Time.class)
    Duration maxTtl();

    /** Ends a session that was not used for this long; `off` if only its end of life ends it. */
    @WithDefault(Values.OFF)
    Optional<@WithConverter(Values.TimeOrOff.class) Duration> idleTimeout();

    /** Sessions one instance may hold at the same time; `none` if unbounded. */
    @WithDefault(Values.NONE)
    Optional<@WithConverter(Values.CountOrNone.class) Integer> maxPerInstance();

    /**
     * How the router asks a container to open a session: `router` for the header
     * `X-Session-Router-Session: new`, `forward` for the client's own `X-Amzn-SageMaker-Session-Id:
     * NEW_SESSION`, which some containers mistake for the id of a session.
     */
    @WithDefault("router")
    @WithConverter(Values.Opening.class)
    OpenHeader openHeader();

    /**
     * Body of the request that closes a session on its container; `{session-id}` in it stands for
     * the session's id.
     */
    @WithDefault("{\"requestType\":\"CLOSE\"}")
    String closePayload();
  }

  /** Limits of one endpoint. */
  interface Limits {

    /** Largest request body, in bytes or with a unit (`K`, `M`, `G`). */
    @WithDefault("25M")
    MemorySize maxBody();
  }

  /** Timeouts of one endpoint. */
  interface Timeouts {

    /**
     * Until a connection to an instance is open. A TLS handshake has its own time,
     * `quarkus.tls.NAME.handshake-timeout`.
     */
    @WithDefault("250ms")
    @WithConverter(Values.Time.class)
    Duration connect();

    /**
     * How long failed connects are retried, on another instance or, for a session, on its own,
     * before the request fails. Nothing of the request was sent by then.
     */
    @WithDefault("3s")
    @WithConverter(Values.Time.class)
    Duration reach();

    /** From a request's end to its response's head. */
    @WithDefault("60s")
    @WithConverter(Values.Time.class)
    Duration firstByte();

    /** From a response's head to its end. */
    @WithDefault("8m")
    @WithConverter(Values.Time.class)
    Duration stream();
  }

  /** Active health checks of one endpoint's instances. */
  interface Health {

    /** The path of the check, a `GET`; an instance is healthy if it answers 200. */
    @WithDefault("/ping")
    String path();

    /**
     * Time between two checks of an instance; up to ten times as long, but not over 30 s, for
     * healthy ones of an endpoint that had no requests for a minute and has no sessions.
     */
    @WithDefault("2s")
    @WithConverter(Values.Time.class)
    Duration interval();

    /** How long an instance may take to answer a check. */
    @WithDefault("2s")
    @WithConverter(Values.Time.class)
    Duration timeout();
  }

  /** When instances that break requests get no new work. */
  interface Ejection {

    /**
     * Share of a variant's instances that broken requests may eject at the same time, 0 to 1,
     * rounded down; never the last that is left. 0 leaves everything to the health checks.
     */
    @WithDefault("0.5")
    double maxShare();

    /** How long the first ejection of an instance lasts; each further one lasts twice as long. */
    @WithDefault("5s")
    @WithConverter(Values.Time.class)
    Duration shortest();

    /** How long an ejection lasts at most. */
    @WithDefault("60s")
    @WithConverter(Values.Time.class)
    Duration longest();
  }

  /** Models of one endpoint that are loaded when asked for. */
  interface Models {

    /**
     * Where the endpoint's models are stored: `file:///…`, `http(s)://…` or `s3://bucket/prefix`,
     * as the containers reach it. Makes the endpoint multi-model: every request then names its
     * model. `none` for a single-model endpoint.
     */
    @WithDefault(Values.NONE)
    Optional<@WithConverter(Values.NameOrNone.class) String> prefix();

    /**
     * How long a request waits for its model to be loaded before it fails with
     * `ModelNotReadyException`; the load goes on.
     */
    @WithName("wait")
    @WithDefault("60s")
    @WithConverter(Values.Time.class)
    Duration maxWait();

    /** How long a load may take. */
    @WithDefault("360s")
    @WithConverter(Values.Time.class)
    Duration loadTimeout();

    /**
     * Requests of a model in flight, on every instance that has it, at which it is loaded on one
     * more; `none` for never.
     */
    @WithDefault("16")
    Optional<@WithConverter(Values.CountOrNone.class) Integer> spreadAt();

    /** How long a failed load is remembered; requests for the model then fail at once. */
    @WithDefault("30s")
    @WithConverter(Values.Time.class)
    Duration retryFailedAfter();
  }
}
