package io.sessionrouter.app;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.sessionrouter.testing.RedisProcess;
import io.sessionrouter.testing.TestCa;
import io.sessionrouter.testing.TestIdentity;
import io.sessionrouter.testing.TestTls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;

/**
 * Around a router that speaks TLS on both sides: its certificate in files, two containers of the
 * endpoint {@code chat} that it trusts, and one of {@code strange} that it does not.
 */
public final class SecureWorld implements QuarkusTestResourceLifecycleManager {
  static List<MemoContainer> containers = List.of();
  static MemoContainer stranger;
  private static Path files;
  private RedisProcess redis;

  /** Replaces the router's certificate on disk. */
  static TestIdentity renew() throws IOException {
    TestIdentity fresh = TestCa.OURS.identity("localhost", "127.0.0.1");
    fresh.write(files.resolve("router.crt"), files.resolve("router.key"));
    return fresh;
  }

  /** Replaces the authority on disk whose instances the endpoint {@code strange} trusts. */
  static void trustStrangers() throws IOException {
    TestCa.STRANGERS.write(files.resolve("strange-ca.crt"));
  }

  @Override
  public Map<String, String> start() {
    try {
      files = Files.createTempDirectory("secure-world");
      TestCa.OURS.write(files.resolve("ca.crt"));
      TestCa.OURS.write(files.resolve("strange-ca.crt"));
      renew();
      redis = RedisProcess.start();
      containers = List.of(container(TestCa.OURS), container(TestCa.OURS));
      stranger = container(TestCa.STRANGERS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.ofEntries(
        Map.entry("quarkus.redis.hosts", redis.url()),
        Map.entry("quarkus.tls.outside.key-store.pem.0.cert", file("router.crt")),
        Map.entry("quarkus.tls.outside.key-store.pem.0.key", file("router.key")),
        Map.entry("quarkus.tls.outside.reload-period", "1s"),
        Map.entry("quarkus.tls.inside.trust-store.pem.certs", file("ca.crt")),
        Map.entry("quarkus.tls.beside.trust-store.pem.certs", file("strange-ca.crt")),
        Map.entry("quarkus.tls.beside.reload-period", "1s"),
        Map.entry("session-router.http.tls-configuration-name", "outside"),
        Map.entry(
            "session-router.endpoints.chat.variants.main.instances",
            containers.getFirst().url() + "," + containers.getLast().url()),
        Map.entry("session-router.endpoints.chat.tls-configuration-name", "inside"),
        Map.entry("session-router.endpoints.chat.health.interval", "200ms"),
        Map.entry("session-router.endpoints.chat.health.timeout", "20s"),
        Map.entry("session-router.endpoints.strange.variants.main.instances", stranger.url()),
        Map.entry("session-router.endpoints.strange.tls-configuration-name", "beside"),
        Map.entry("session-router.endpoints.chat.timeouts.connect", "5s"),
        Map.entry("session-router.endpoints.strange.timeouts.connect", "5s"),
        Map.entry("session-router.endpoints.strange.health.interval", "200ms"),
        Map.entry("session-router.endpoints.strange.health.timeout", "20s"),
        Map.entry("session-router.endpoints.public.variants.main.instances", stranger.url()),
        Map.entry("session-router.endpoints.public.health.interval", "200ms"),
        Map.entry("session-router.endpoints.public.health.timeout", "20s"));
  }

  private static String file(String name) {
    return files.resolve(name).toString();
  }

  private static MemoContainer container(TestCa signer) throws IOException {
    TestTls tls = TestTls.trusting(TestCa.OURS).as(signer.identity("127.0.0.1"));
    try {
      return MemoContainer.start(tls.createSSLContext());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void stop() {
    containers.forEach(MemoContainer::close);
    if (stranger != null) {
      stranger.close();
    }
    if (redis != null) {
      redis.close();
    }
    delete(files);
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
