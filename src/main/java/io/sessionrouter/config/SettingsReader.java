package io.sessionrouter.config;

import static java.util.stream.Collectors.toUnmodifiableMap;
import static java.util.stream.Collectors.toUnmodifiableSet;

import io.quarkus.runtime.configuration.MemorySize;
import io.sessionrouter.domain.KubernetesAccess;
import io.sessionrouter.domain.NameServers;
import io.sessionrouter.endpoint.EjectionSettings;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.HealthSettings;
import io.sessionrouter.endpoint.Limits;
import io.sessionrouter.endpoint.SessionSettings;
import io.sessionrouter.endpoint.Timeouts;
import io.sessionrouter.gateway.DataPortSettings;
import io.sessionrouter.ops.DrainSettings;
import io.sessionrouter.ops.ManagementSettings;
import io.sessionrouter.session.SessionOptions;
import io.sessionrouter.telemetry.TelemetryOptions;
import io.sessionrouter.tls.ServerTlsSettings;
import io.sessionrouter.upstream.UpstreamSettings;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks the configuration and makes {@link Settings} of it. */
final class SettingsReader {
  static final String ROOT = "session-router";
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9](-*[a-zA-Z0-9])*");
  private static final Pattern HOST = Pattern.compile("[a-zA-Z0-9_]([-_.]*[a-zA-Z0-9_])*");
  private static final BigInteger LEAST_MEMORY = BigInteger.valueOf(1 << 20);
  private static final int HEAP_SHARE = 2;
  private static final int MAX_NAME = 63;
  private static final int MAX_PORT = 65535;

  private final Problems problems;

  private SettingsReader(Problems problems) {
    this.problems = problems;
  }

  /**
   * Reads the settings.
   *
   * @throws io.quarkus.runtime.configuration.ConfigurationException naming every wrong value
   */
  static Settings read(RouterConfig config) {
    Problems problems = new Problems();
    Settings settings = new SettingsReader(problems).settings(config);
    problems.throwIfAny();
    return settings;
  }

  private Settings settings(RouterConfig config) {
    return new Settings(
        http(config.http()),
        tls(config.http()),
        upstream(config.upstream()),
        new EndpointCatalog(endpoints(config.endpoints())),
        store(config.sessions()),
        kubernetes(config.kubernetes()),
        nameServers(config.dns().servers().orElse(List.of())),
        management(config.management()),
        drain(config.drain()),
        telemetry(config));
  }

  private DataPortSettings http(RouterConfig.Http http) {
    String key = ROOT + ".http";
    problems.expect(!http.host().isBlank(), key + ".host", http.host(), "an address");
    problems.expect(
        http.port() >= 0 && http.port() <= MAX_PORT, key + ".port", http.port(), "0 to 65535");
    return new DataPortSettings(
        http.host().strip(),
        http.port(),
        positive(key + ".max-connections", http.maxConnections()),
        http.maxConnectionsPerAddress()
            .map(max -> positive(key + ".max-connections-per-address", max))
            .orElse(null),
        memory(key + ".memory", http),
        positive(key + ".head-timeout", http.headTimeout()),
        positive(key + ".body-timeout", http.bodyTimeout()),
        positive(key + ".idle-timeout", http.idleTimeout()));
  }

  private long memory(String key, RouterConfig.Http http) {
    BigInteger bytes =
        http.memory()
            .map(MemorySize::asBigInteger)
            .orElseGet(() -> BigInteger.valueOf(Runtime.getRuntime().maxMemory() / HEAP_SHARE));
    boolean fine = bytes.compareTo(LEAST_MEMORY) >= 0 && bytes.bitLength() < Long.SIZE;
    problems.expect(fine, key, bytes, "1M or more, such as 64M");
    return fine ? bytes.longValue() : LEAST_MEMORY.longValue();
  }

  private ManagementSettings management(RouterConfig.Management management) {
    return new ManagementSettings(
        management.hosts().orElse(List.of()).stream().map(this::host).collect(toUnmodifiableSet()));
  }

  private String host(String host) {
    problems.expect(
        HOST.matcher(host.strip()).matches(),
        ROOT + ".management.hosts",
        host,
        "host names without ports, comma-separated");
    return host.strip().toLowerCase(Locale.ROOT);
  }

  private ServerTlsSettings tls(RouterConfig.Http http) {
    String name = http.tlsConfigurationName().orElse(null);
    problems.expect(
        name != null || !http.clientAuth(),
        ROOT + ".http.client-auth",
        "required",
        "none, since tls-configuration-name is none");
    return new ServerTlsSettings(name, http.clientAuth());
  }

  private DrainSettings drain(RouterConfig.Drain drain) {
    String key = ROOT + ".drain";
    String delay = DurationText.of(drain.delay());
    problems.expect(!drain.delay().isNegative(), key + ".delay", delay, "0s or more");
    problems.expect(
        drain.delay().compareTo(Problems.MAX_DURATION) <= 0,
        key + ".delay",
        delay,
        "at most 365 days");
    return new DrainSettings(drain.delay(), positive(key + ".timeout", drain.timeout()));
  }

  private UpstreamSettings upstream(RouterConfig.Upstream upstream) {
    String key = ROOT + ".upstream";
    return new UpstreamSettings(
        positive(key + ".idle-timeout", upstream.idleTimeout()),
        positive(key + ".max-idle", upstream.maxIdle()));
  }

  private SessionOptions store(RouterConfig.Store store) {
    String key = ROOT + ".sessions";
    return SessionOptions.DEFAULTS
        .withNearCacheSize(positive(key + ".near-cache-size", store.nearCacheSize()))
        .withCommandTimeout(positive(key + ".store-timeout", store.storeTimeout()));
  }

  private KubernetesAccess kubernetes(RouterConfig.Kubernetes kubernetes) {
    String key = ROOT + ".kubernetes";
    String directory = kubernetes.serviceAccount();
    problems.expect(!directory.isBlank(), key + ".service-account", "empty", "a directory");
    return new KubernetesAccess(
        kubernetes.url().map(url -> url(key + ".url", url)).orElse(null), Path.of(directory));
  }

  private @Nullable URI url(String key, String text) {
    URI url = InstanceUrl.parse(text);
    problems.expect(url != null, key, InstanceUrl.shown(text), InstanceUrl.EXPECTED);
    return url;
  }

  private NameServers nameServers(List<String> addresses) {
    return new NameServers(
        addresses.stream().map(this::nameServer).filter(Objects::nonNull).toList());
  }

  private @Nullable InetSocketAddress nameServer(String text) {
    InetSocketAddress address = ServerAddress.parse(text);
    problems.expect(address != null, ROOT + ".dns.servers", text, ServerAddress.EXPECTED);
    return address;
  }

  private TelemetryOptions telemetry(RouterConfig config) {
    RouterConfig.Tracing tracing = config.tracing();
    String key = ROOT + ".tracing";
    problems.expect(
        CollectorUrl.isValid(tracing.collector()),
        key + ".collector",
        tracing.collector(),
        CollectorUrl.EXPECTED);
    problems.expect(
        tracing.sampleRatio() >= 0 && tracing.sampleRatio() <= 1,
        key + ".sample-ratio",
        tracing.sampleRatio(),
        "0 to 1");
    return new TelemetryOptions(
        config.accessLog(), CollectorUrl.read(tracing.collector()), tracing.sampleRatio());
  }

  private Map<String, EndpointSettings> endpoints(Map<String, RouterConfig.Endpoint> endpoints) {
    String key = ROOT + ".endpoints";
    problems.expect(
        !endpoints.isEmpty(),
        key,
        "none",
        "at least one, for example " + key + ".chat.variants.main.instances=http://127.0.0.1:8081");
    return endpoints.entrySet().stream()
        .map(e -> endpoint(key, nonNull(e.getKey()), e.getValue()))
        .collect(toUnmodifiableMap(EndpointSettings::name, Function.identity()));
  }

  private EndpointSettings endpoint(String parent, String name, RouterConfig.Endpoint endpoint) {
    String key = parent + "." + name;
    isName(problems, key, name);
    return new EndpointSettings(
        name,
        new VariantsReader(problems, key + ".variants").read(endpoint.variants()),
        sessions(key + ".sessions", endpoint.sessions()),
        limits(key + ".limits", endpoint.limits()),
        timeouts(key + ".timeouts", endpoint.timeouts()),
        health(key, endpoint),
        endpoint.tlsConfigurationName(),
        new ModelsReader(problems, key + ".models").read(endpoint.models()));
  }

  /** The map key of {@code endpoints."".…} is null. */
  static String nonNull(@Nullable String name) {
    return name == null ? "" : name;
  }

  /** Endpoints and variants are named by the same rule. */
  static void isName(Problems problems, String key, String name) {
    problems.expect(
        name.length() <= MAX_NAME && NAME.matcher(name).matches(),
        key,
        name,
        "a name of letters, digits and inner dashes, at most " + MAX_NAME + " characters");
  }

  private SessionSettings sessions(String key, RouterConfig.Sessions sessions) {
    Duration maxTtl = positive(key + ".max-ttl", sessions.maxTtl());
    sessions.idleTimeout().ifPresent(idle -> idle(key + ".idle-timeout", idle, maxTtl));
    sessions.maxPerInstance().ifPresent(max -> positive(key + ".max-per-instance", max));
    String payload = sessions.closePayload();
    problems.expect(!payload.isBlank(), key + ".close-payload", "empty", "a request body");
    return new SessionSettings(
        maxTtl,
        sessions.idleTimeout().orElse(null),
        sessions.maxPerInstance().orElse(null),
        sessions.openHeader(),
        payload);
  }

  private void idle(String key, Duration idle, Duration maxTtl) {
    positive(key, idle);
    problems.expect(
        idle.compareTo(maxTtl) < 0,
        key,
        DurationText.of(idle),
        "less than max-ttl, " + DurationText.of(maxTtl));
  }

  private Limits limits(String key, RouterConfig.Limits limits) {
    boolean fits = limits.maxBody().asBigInteger().bitLength() < Long.SIZE;
    boolean fine = fits && limits.maxBody().asBigInteger().signum() > 0;
    problems.expect(
        fine, key + ".max-body", limits.maxBody().asBigInteger(), "more than 0, such as 25M");
    return new Limits(fine ? limits.maxBody().asLongValue() : 1);
  }

  private Timeouts timeouts(String key, RouterConfig.Timeouts timeouts) {
    return new Timeouts(
        positive(key + ".connect", timeouts.connect()),
        positive(key + ".first-byte", timeouts.firstByte()),
        positive(key + ".stream", timeouts.stream()),
        positive(key + ".reach", timeouts.reach()));
  }

  private HealthSettings health(String endpointKey, RouterConfig.Endpoint endpoint) {
    String key = endpointKey + ".health";
    RouterConfig.Health health = endpoint.health();
    problems.expect(
        health.path().matches("/[!-~&&[^#]]*"),
        key + ".path",
        health.path(),
        "a path that begins with / and has no spaces");
    return new HealthSettings(
        health.path(),
        positive(key + ".interval", health.interval()),
        positive(key + ".timeout", health.timeout()),
        ejection(endpointKey + ".ejection", endpoint.ejection()));
  }

  private EjectionSettings ejection(String key, RouterConfig.Ejection ejection) {
    problems.expect(
        ejection.maxShare() >= 0 && ejection.maxShare() <= 1,
        key + ".max-share",
        ejection.maxShare(),
        "0 to 1");
    Duration longest = positive(key + ".longest", ejection.longest());
    Duration shortest = positive(key + ".shortest", ejection.shortest());
    problems.expect(
        shortest.compareTo(longest) <= 0,
        key + ".shortest",
        DurationText.of(shortest),
        "at most longest, " + DurationText.of(longest));
    return new EjectionSettings(ejection.maxShare(), shortest, longest);
  }

  private int positive(String key, int value) {
    return problems.positive(key, value);
  }

  private Duration positive(String key, Duration value) {
    return problems.positive(key, value);
  }
}
