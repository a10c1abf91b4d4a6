package io.sessionrouter.ops;

import io.quarkus.test.junit.QuarkusTestProfile;
import io.sessionrouter.lifecycle.LostSessions;
import java.util.Map;
import java.util.Set;

/**
 * The application with a session room in memory, and instances where nothing listens; without the
 * sweep, which would end their sessions in the middle of a test.
 */
public class OpsProfile implements QuarkusTestProfile {

  @Override
  public Set<Class<?>> getEnabledAlternatives() {
    return Set.of(InMemorySessions.class, FakeContainers.class);
  }

  @Override
  public Map<String, String> getConfigOverrides() {
    return Map.of(
        "quarkus.arc.exclude-types",
        LostSessions.class.getName(),
        "session-router.endpoints.chat.variants.main.instances",
        "http://127.0.0.1:1,https://127.0.0.1:2",
        "session-router.endpoints.chat.variants.canary.instances",
        "http://127.0.0.1:3",
        "session-router.endpoints.chat.variants.canary.weight",
        "0",
        "session-router.endpoints.chat.sessions.max-per-instance",
        "12",
        "session-router.endpoints.a-plain-one.variants.main.instances",
        "http://127.0.0.1:4",
        "session-router.endpoints.a-plain-one.sessions.idle-timeout",
        "5m");
  }
}
