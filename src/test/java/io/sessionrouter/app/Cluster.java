package io.sessionrouter.app;

import io.sessionrouter.testing.NameServer;
import io.sessionrouter.testing.RedisProcess;
import io.sessionrouter.testing.TestCa;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Around the router: Redis, an API server with TLS and the files of a service account for it, a
 * name server, and two containers that only these two know: as the endpoint {@code pods} and the
 * endpoint {@code named}.
 */
final class Cluster implements Surroundings {
  static final String ZONE = "chat.models.test";
  static List<MemoContainer> containers = List.of();
  static FakeKubernetes kubernetes;
  static NameServer names;
  static RedisProcess redis;
  private Path account;

  @Override
  public Map<String, String> start() {
    try {
      redis = RedisProcess.start();
      kubernetes = new FakeKubernetes();
      names = new NameServer();
      containers = List.of(MemoContainer.start(), MemoContainer.start());
      account = Files.createTempDirectory("service-account");
      Files.writeString(account.resolve("token"), FakeKubernetes.TOKEN + "\n");
      Files.writeString(account.resolve("namespace"), "models");
      TestCa.OURS.write(account.resolve("ca.crt"));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return settings();
  }

  private Map<String, String> settings() {
    Map<String, String> settings = RouterSettings.of(redis.url());
    settings.put("session-router.kubernetes.url", kubernetes.url());
    settings.put("session-router.kubernetes.service-account", account.toString());
    settings.put("session-router.endpoints.pods.variants.main.kubernetes.service", "chat");
    RouterSettings.patient("pods", settings);
    String dns = "session-router.endpoints.named.variants.main.dns.";
    settings.put("session-router.dns.servers", "127.0.0.1:" + names.address().getPort());
    settings.put(dns + "name", "_http._tcp." + ZONE);
    settings.put(dns + "interval", "100ms");
    RouterSettings.patient("named", settings);
    return settings;
  }

  /** The id of a container that DNS tells of. */
  static String named(String host, MemoContainer container) {
    return host + "." + ZONE + ":" + container.port();
  }

  @Override
  public void stop() {
    containers.forEach(MemoContainer::close);
    close(kubernetes, names, redis);
    if (account != null) {
      delete(account);
    }
  }

  private static void close(AutoCloseable... all) {
    for (AutoCloseable each : all) {
      try {
        if (each != null) {
          each.close();
        }
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void delete(Path folder) {
    try (var inside = Files.list(folder)) {
      for (Path file : inside.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
