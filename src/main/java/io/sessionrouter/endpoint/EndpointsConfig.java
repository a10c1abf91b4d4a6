package io.sessionrouter.endpoint;

import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.configuration.MemorySize;
import io.sessionrouter.config.Keys;
import io.sessionrouter.config.Values;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Endpoints as users configure them. */
@ConfigMapping(prefix = Keys.ROOT)
@Unremovable
public interface EndpointsConfig {

  /** Endpoints by name: what clients name in the path. At least one. */
  Map<String, Endpoint> endpoints();

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
    @WithConverter(OpenHeaderConverter.class)
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
