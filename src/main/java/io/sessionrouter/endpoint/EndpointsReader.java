package io.sessionrouter.endpoint;

import static java.util.stream.Collectors.toUnmodifiableMap;

import io.sessionrouter.config.DurationText;
import io.sessionrouter.config.Keys;
import io.sessionrouter.config.Problems;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

/** Checks what users configure of endpoints. */
public final class EndpointsReader {
  private static final String KEY = Keys.ROOT + ".endpoints";

  private final Problems problems;

  private EndpointsReader(Problems problems) {
    this.problems = problems;
  }

  /** The endpoints, with a value that works in place of each that is noted as a problem. */
  public static EndpointCatalog read(EndpointsConfig config, Problems problems) {
    return new EndpointCatalog(new EndpointsReader(problems).endpoints(config.endpoints()));
  }

  private Map<String, EndpointSettings> endpoints(Map<String, EndpointsConfig.Endpoint> endpoints) {
    problems.expect(
        !endpoints.isEmpty(),
        KEY,
        "none",
        "at least one, for example " + KEY + ".chat.variants.main.instances=http://127.0.0.1:8081");
    return endpoints.entrySet().stream()
        .map(e -> endpoint(Names.nonNull(e.getKey()), e.getValue()))
        .collect(toUnmodifiableMap(EndpointSettings::name, Function.identity()));
  }

  private EndpointSettings endpoint(String name, EndpointsConfig.Endpoint endpoint) {
    String key = KEY + "." + name;
    Names.check(problems, key, name);
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

  private SessionSettings sessions(String key, EndpointsConfig.Sessions sessions) {
    Duration maxTtl = problems.positive(key + ".max-ttl", sessions.maxTtl());
    sessions.idleTimeout().ifPresent(idle -> idle(key + ".idle-timeout", idle, maxTtl));
    sessions.maxPerInstance().ifPresent(max -> problems.positive(key + ".max-per-instance", max));
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
    problems.positive(key, idle);
    problems.expect(
        idle.compareTo(maxTtl) < 0,
        key,
        DurationText.of(idle),
        "less than max-ttl, " + DurationText.of(maxTtl));
  }

  private Limits limits(String key, EndpointsConfig.Limits limits) {
    boolean fits = limits.maxBody().asBigInteger().bitLength() < Long.SIZE;
    boolean fine = fits && limits.maxBody().asBigInteger().signum() > 0;
    problems.expect(
        fine, key + ".max-body", limits.maxBody().asBigInteger(), "more than 0, such as 25M");
    return new Limits(fine ? limits.maxBody().asLongValue() : 1);
  }

  private Timeouts timeouts(String key, EndpointsConfig.Timeouts timeouts) {
    return new Timeouts(
        problems.positive(key + ".connect", timeouts.connect()),
        problems.positive(key + ".first-byte", timeouts.firstByte()),
        problems.positive(key + ".stream", timeouts.stream()),
        problems.positive(key + ".reach", timeouts.reach()));
  }

  private HealthSettings health(String endpointKey, EndpointsConfig.Endpoint endpoint) {
    String key = endpointKey + ".health";
    EndpointsConfig.Health health = endpoint.health();
    problems.expect(
        health.path().matches("/[!-~&&[^#]]*"),
        key + ".path",
        health.path(),
        "a path that begins with / and has no spaces");
    return new HealthSettings(
        health.path(),
        problems.positive(key + ".interval", health.interval()),
        problems.positive(key + ".timeout", health.timeout()),
        ejection(endpointKey + ".ejection", endpoint.ejection()));
  }

  private EjectionSettings ejection(String key, EndpointsConfig.Ejection ejection) {
    problems.expect(
        ejection.maxShare() >= 0 && ejection.maxShare() <= 1,
        key + ".max-share",
        ejection.maxShare(),
        "0 to 1");
    Duration longest = problems.positive(key + ".longest", ejection.longest());
    Duration shortest = problems.positive(key + ".shortest", ejection.shortest());
    problems.expect(
        shortest.compareTo(longest) <= 0,
        key + ".shortest",
        DurationText.of(shortest),
        "at most longest, " + DurationText.of(longest));
    return new EjectionSettings(ejection.maxShare(), shortest, longest);
  }
}
