package io.sessionrouter.fleet;

import io.sessionrouter.testing.Configured;
import org.junit.jupiter.api.Test;

class KubernetesAccessReaderTest {

  @Test
  void theApiServersUrlIsChecked() {
    Configured.valid()
        .with("session-router.kubernetes.url", "kube:6443/api")
        .requireRefused(
            "session-router.kubernetes.url: kube:6443/api (expected: http:// or https://");
  }
}
