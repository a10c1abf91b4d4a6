package io.sessionrouter.session;

import io.sessionrouter.domain.Session;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.HealthSettings;
import io.sessionrouter.endpoint.Limits;
import io.sessionrouter.endpoint.SessionSettings;
import io.sessionrouter.endpoint.Timeouts;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sessions and endpoints for tests. */
final class TestSessions {
  static final String INSTANCE = "10.0.12.34:8080";
  static final Duration TTL = Duration.ofMinutes(20);

  private TestSessions() {}

  static Session session(String id, InstantSource clock) {
    return session(id, INSTANCE, clock);
  }

  static Session session(String id, String instance, InstantSource clock) {
    return session(id, instance, clock.millis(), clock.millis() + TTL.toMillis());
  }

  static Session session(String id, String instance, long created, long expires) {
    return new Session(id, instance, "0123456789abcdef", "main", "", "", created, expires, created);
  }

  static EndpointSettings endpoint(String name, @Nullable Duration idleTimeout) {
    return new EndpointSettings(
        name,
        List.of(),
        new SessionSettings(TTL, idleTimeout, null, "{}"),
        new Limits(1),
        new Timeouts(Duration.ofMillis(250), Duration.ofSeconds(60), Duration.ofMinutes(8)),
        new HealthSettings("/ping", Duration.ofSeconds(2), Duration.ofSeconds(2)),
        "javax.net.ssl");
  }
}
