package io.sessionrouter.config;

import static java.util.stream.Collectors.toUnmodifiableMap;

import io.quarkus.runtime.configuration.MemorySize;
import io.sessionrouter.domain.Settings;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
    management(config.management());
    drain(config.drain());
    store(config.sessions());
    kubernetes(config.kubernetes());
    config.dns().servers().orElse(List.of()).forEach(this::nameServer);
    tracing(config.tracing());
    return new Settings(
        http(config.http()), upstream(config.upstream()), endpoints(config.endpoints()));
  }

  private Settings.Http http(RouterConfig.Http http) {
    String key = ROOT + ".http";
    problems.expect(!http.host().isBlank(), key + ".host", http.host(), "an address");
    problems.expect(
        http.port() >= 0 && http.port() <= MAX_PORT, key + ".port", http.port(), "0 to 65535");
    return new Settings.Http(
        http.host().strip(),
        http.port(),
        positive(key + ".max-connections", http.maxConnections()),
        http.maxConnectionsPerAddress()
            .map(max -> positive(key + ".max-connections-per-address", max))
            .orElse(null),
        memory(key + ".memory", http),
        positive(key + ".head-timeout", http.headTimeout()),
        positive(key + ".body-timeout", http.bodyTimeout()),
        positive(key + ".idle-timeout", http.idleTimeout()),
        tls(key, http));
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

  private void management(RouterConfig.Management management) {
    management
        .hosts()
        .orElse(List.of())
        .forEach(
            host ->
                problems.expect(
                    HOST.matcher(host.strip()).matches(),
                    ROOT + ".management.hosts",
                    host,
                    "host names without ports, comma-separated"));
  }

  private Settings.@Nullable Tls tls(String key, RouterConfig.Http http) {
    String name = http.tlsConfigurationName().orElse(null);
    problems.expect(
        name != null || !http.clientAuth(),
        key + ".client-auth",
        "required",
        "none, since tls-configuration-name is none");
    return name == null ? null : new Settings.Tls(name, http.clientAuth());
  }

  private void drain(RouterConfig.Drain drain) {
    String key = ROOT + ".drain";
    String delay = DurationText.of(drain.delay());
    problems.expect(!drain.delay().isNegative(), key + ".delay", delay, "0s or more");
    problems.expect(
        drain.delay().compareTo(Problems.MAX_DURATION) <= 0,
        key + ".delay",
        delay,
        "at most 365 days");
    positive(key + ".timeout", drain.timeout());
  }

  private Settings.Upstream upstream(RouterConfig.Upstream upstream) {
    String key = ROOT + ".upstream";
    return new Settings.Upstream(
        positive(key + ".idle-timeout", upstream.idleTimeout()),
        positive(key + ".max-idle", upstream.maxIdle()));
  }

  private void store(RouterConfig.Store store) {
    positive(ROOT + ".sessions.near-cache-size", store.nearCacheSize());
    positive(ROOT + ".sessions.store-timeout", store.storeTimeout());
  }

  private void kubernetes(RouterConfig.Kubernetes kubernetes) {
    String key = ROOT + ".kubernetes";
    kubernetes
        .url()
        .ifPresent(
            url ->
                problems.expect(
                    InstanceUrl.parse(url) != null,
                    key + ".url",
                    InstanceUrl.shown(url),
                    InstanceUrl.EXPECTED));
    problems.expect(
        !kubernetes.serviceAccount().isBlank(), key + ".service-account", "empty", "a directory");
  }

  private void nameServer(String address) {
    problems.expect(
        ServerAddress.parse(address) != null,
        ROOT + ".dns.servers",
        address,
        ServerAddress.EXPECTED);
  }

  private void tracing(RouterConfig.Tracing tracing) {
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
  }

  private Map<String, Settings.Endpoint> endpoints(Map<String, RouterConfig.Endpoint> endpoints) {
    String key = ROOT + ".endpoints";
    problems.expect(
        !endpoints.isEmpty(),
        key,
        "none",
        "at least one, for example " + key + ".chat.variants.main.instances=http://127.0.0.1:8081");
    return endpoints.entrySet().stream()
        .map(e -> endpoint(key, nonNull(e.getKey()), e.getValue()))
        .collect(toUnmodifiableMap(Settings.Endpoint::name, Function.identity()));
  }

  private Settings.Endpoint endpoint(String parent, String name, RouterConfig.Endpoint endpoint) {
    String key = parent + "." + name;
    isName(problems, key, name);
    return new Settings.Endpoint(
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

  private Settings.Sessions sessions(String key, RouterConfig.Sessions sessions) {
    Duration maxTtl = positive(key + ".max-ttl", sessions.maxTtl());
    sessions.idleTimeout().ifPresent(idle -> idle(key + ".idle-timeout", idle, maxTtl));
    sessions.maxPerInstance().ifPresent(max -> positive(key + ".max-per-instance", max));
    String payload = sessions.closePayload();
    problems.expect(!payload.isBlank(), key + ".close-payload", "empty", "a request body");
    return new Settings.Sessions(
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

  private Settings.Limits limits(String key, RouterConfig.Limits limits) {
    boolean fits = limits.maxBody().asBigInteger().bitLength() < Long.SIZE;
    boolean fine = fits && limits.maxBody().asBigInteger().signum() > 0;
    problems.expect(
        fine, key + ".max-body", limits.maxBody().asBigInteger(), "more than 0, such as 25M");
    return new Settings.Limits(fine ? limits.maxBody().asLongValue() : 1);
  }

  private Settings.Timeouts timeouts(String key, RouterConfig.Timeouts timeouts) {
    return new Settings.Timeouts(
        positive(key + ".connect", timeouts.connect()),
        positive(key + ".first-byte", timeouts.firstByte()),
        positive(key + ".stream", timeouts.stream()),
        positive(key + ".reach", timeouts.reach()));
  }

  private Settings.Health health(String endpointKey, RouterConfig.Endpoint endpoint) {
    String key = endpointKey + ".health";
    RouterConfig.Health health = endpoint.health();
    problems.expect(
        health.path().matches("/[!-~&&[^#]]*"),
        key + ".path",
        health.path(),
        "a path that begins with / and has no spaces");
    return new Settings.Health(
        health.path(),
        positive(key + ".interval", health.interval()),
        positive(key + ".timeout", health.timeout()),
        ejection(endpointKey + ".ejection", endpoint.ejection()));
  }

  private Settings.Ejection ejection(String key, RouterConfig.Ejection ejection) {
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
    return new Settings.Ejection(ejection.maxShare(), shortest, longest);
  }

  private int positive(String key, int value) {
    return problems.positive(key, value);
  }

  private Duration positive(String key, Duration value) {
    return problems.positive(key, value);
  }
}
