package io.sessionrouter.fleet;

import io.sessionrouter.config.HostUrl;
import io.sessionrouter.config.Keys;
import io.sessionrouter.config.Problems;
import io.sessionrouter.domain.KubernetesAccess;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Checks what users configure of the Kubernetes API. */
public final class KubernetesAccessReader {
  private static final String KEY = Keys.ROOT + ".kubernetes";

  private KubernetesAccessReader() {}

  /** The access; what is wrong with it is noted. */
  public static KubernetesAccess read(DiscoveryConfig config, Problems problems) {
    DiscoveryConfig.Kubernetes kubernetes = config.kubernetes();
    String directory = kubernetes.serviceAccount();
    problems.expect(!directory.isBlank(), KEY + ".service-account", "empty", "a directory");
    return new KubernetesAccess(
        kubernetes.url().map(url -> url(url, problems)).orElse(null), Path.of(directory));
  }

  private static @Nullable URI url(String text, Problems problems) {
    URI url = HostUrl.parse(text);
    problems.expect(url != null, KEY + ".url", HostUrl.shown(text), HostUrl.EXPECTED);
    return url;
  }
}
