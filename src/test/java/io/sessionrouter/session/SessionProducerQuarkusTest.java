package io.sessionrouter.session;

import static io.sessionrouter.session.TestSessions.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionCloser;
import io.sessionrouter.domain.SessionCounts;
import io.sessionrouter.domain.SessionLookup.Found;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.testing.RedisProcess;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The room inside the application: built, begun and configured by {@code quarkus.redis.*}. */
@QuarkusTest
@TestProfile(SessionProducerQuarkusTest.Profile.class)
@Tag("slow")
class SessionProducerQuarkusTest {
  private static final EndpointCatalog CATALOG =
      new EndpointCatalog(Map.of("chat", TestSessions.endpoint("chat", null)));

  @Inject Sessions sessions;
  @Inject SessionCounts counts;
  @Inject SessionListing listing;
  @Inject StoreHealth health;

  @Test
  void itComesUpAndKeepsSessions() {
    Session session = session("s-1", InstantSource.system());
    Replica.await("connected to redis", () -> health.available() && health.subscribed());

    assertThat(Replica.get(sessions.open("chat", session))).isTrue();
    assertThat(Replica.get(sessions.find("chat", "s-1", Asker.ANYBODY)))
        .isEqualTo(new Found(session));
    assertThat(counts.bound("chat", session.instance())).isEqualTo(1);
    assertThat(
            Replica.get(listing.list("chat", List.of(session.instance()), Asker.ANYBODY, 9, null))
                .sessions())
        .containsExactly(session);

    Replica.get(sessions.close("chat", session));
    assertThat(Replica.get(sessions.find("chat", "s-1", Asker.ANYBODY))).isEqualTo(Missing.CLOSED);
  }

  /** What the other rooms give. */
  @Alternative
  @Singleton
  static class Around {

    @Produces
    @Singleton
    EndpointCatalog catalog() {
      return CATALOG;
    }

    @Produces
    @Singleton
    KnownInstances instances() {
      return endpoint -> List.of(TestSessions.INSTANCE);
    }

    @Produces
    @Singleton
    SessionCloser closer() {
      return (endpoint, session) -> CompletableFuture.completedFuture(true);
    }
  }

  /** Runs the application with the parts above. */
  public static class Profile implements QuarkusTestProfile {

    @Override
    public Set<Class<?>> getEnabledAlternatives() {
      return Set.of(Around.class);
    }

    @Override
    public List<TestResourceEntry> testResources() {
      return List.of(new TestResourceEntry(Redis.class));
    }
  }

  /** Runs Redis. */
  public static class Redis implements QuarkusTestResourceLifecycleManager {
    private final RedisProcess redis = RedisProcess.start();

    @Override
    public Map<String, String> start() {
      return Map.of("quarkus.redis.hosts", redis.url());
    }

    @Override
    public void stop() {
      redis.close();
    }
  }
}
