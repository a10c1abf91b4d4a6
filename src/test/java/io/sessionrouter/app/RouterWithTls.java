package io.sessionrouter.app;

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
final class RouterWithTls implements Surroundings {
  static List<MemoContainer> containers = List.of();
  static MemoContainer stranger;
  private static Path files;
  private RedisProcess redis;
  private int redisPort;

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
      TestCa.OURS
          .identity("localhost")
          .write(files.resolve("redis.crt"), files.resolve("redis.key"));
      redisPort = RedisProcess.freePort();
      redis = RedisProcess.startSecure(redisPort, files, "redis");
      containers = List.of(container(TestCa.OURS), container(TestCa.OURS));
      stranger = container(TestCa.STRANGERS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return settings();
  }

  private Map<String, String> settings() {
    Map<String, String> settings = RouterSettings.of("rediss://localhost:" + redisPort);
    settings.put("quarkus.redis.tls-configuration-name", "store");
    settings.put("quarkus.tls.store.trust-store.pem.certs", file("ca.crt"));
    settings.put("quarkus.tls.outside.key-store.pem.0.cert", file("router.crt"));
    settings.put("quarkus.tls.outside.key-store.pem.0.key", file("router.key"));
    settings.put("quarkus.tls.outside.reload-period", "1s");
    settings.put("quarkus.tls.inside.trust-store.pem.certs", file("ca.crt"));
    settings.put("quarkus.tls.beside.trust-store.pem.certs", file("strange-ca.crt"));
    settings.put("quarkus.tls.beside.reload-period", "1s");
    settings.put("session-router.http.tls-configuration-name", "outside");
    String both = containers.getFirst().url() + "," + containers.getLast().url();
    RouterSettings.endpoint("chat", both, settings);
    settings.put("session-router.endpoints.chat.tls-configuration-name", "inside");
    RouterSettings.endpoint("strange", stranger.url(), settings);
    settings.put("session-router.endpoints.strange.tls-configuration-name", "beside");
    RouterSettings.endpoint("public", stranger.url(), settings);
    return settings;
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
