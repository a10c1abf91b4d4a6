package io.sessionrouter.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.domain.Instance;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.HealthSettings;
import io.sessionrouter.fleet.Endpoints;
import io.sessionrouter.fleet.FakeContainer;
import io.sessionrouter.testing.NameServer;
import io.sessionrouter.testing.TestRegistry;
import io.sessionrouter.tls.ServerTlsSettings;
import io.sessionrouter.tls.Tls;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Checks of an instance whose host is a name with several addresses. */
@Tag("slow")
class PingerNamesTest {
  private static final String NAME = "several.test";
  private static final HealthSettings HEALTH =
      new HealthSettings("/ping", Duration.ofSeconds(1), Duration.ofSeconds(20));

  /** Quarkus sets it for the whole process, and then nobody asks the test's name server. */
  private static final String WITHOUT_DNS = "vertx.disableDnsResolver";

  private String setByQuarkus;
  private NameServer names;
  private FakeContainer container;
  private Vertx vertx;

  @BeforeEach
  void start() throws Exception {
    names = new NameServer();
    container = new FakeContainer();
    setByQuarkus = System.clearProperty(WITHOUT_DNS);
    vertx =
        Vertx.vertx(
            new VertxOptions()
                .setAddressResolverOptions(
                    new AddressResolverOptions()
                        .addServer("127.0.0.1:" + names.address().getPort())));
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    container.close();
    names.close();
    if (setByQuarkus != null) {
      System.setProperty(WITHOUT_DNS, setByQuarkus);
    }
  }

  @Test
  void everyAddressIsTried() throws Exception {
    names.host(NAME, "127.0.0.2", "127.0.0.3", "127.0.0.1");

    assertThat(check()).isInstanceOf(CheckResult.Passed.class);
    assertThat(container.heads().getFirst()).containsIgnoringCase("host: " + NAME + ":");
  }

  @Test
  void theOtherFamilyToo() throws Exception {
    names.host(NAME, "::1", "127.0.0.1");

    assertThat(check()).isInstanceOf(CheckResult.Passed.class);
  }

  @Test
  void nothingListensOnlyIfNothingListensAtAnyOfThem() throws Exception {
    names.host(NAME, "127.0.0.2", "127.0.0.3");

    assertThat(check()).isInstanceOf(CheckResult.Refused.class);
  }

  @Test
  void aNameThatIsNotKnownIsAFailedCheck() throws Exception {
    assertThat(check()).isInstanceOf(CheckResult.Failed.class);
  }

  private CheckResult check() throws Exception {
    EndpointCatalog catalog =
        Endpoints.catalog(Endpoints.endpoint(null, Endpoints.variant("main", 1, 1)));
    Pinger pinger =
        new Pinger(vertx, new Tls(ServerTlsSettings.NONE, catalog, TestRegistry.EMPTY).instances());
    URI url = URI.create("http://" + NAME + ":" + container.port());
    try {
      return pinger
          .check(Instance.at("chat", "main", url), HEALTH)
          .toCompletionStage()
          .toCompletableFuture()
          .get(30, TimeUnit.SECONDS);
    } finally {
      pinger.close();
    }
  }
}
