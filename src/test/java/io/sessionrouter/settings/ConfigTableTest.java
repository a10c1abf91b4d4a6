package io.sessionrouter.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.testing.DocsSection;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * Keeps the table of docs/configuration.md as the comments of all {@link Mappings} say.
 *
 * <p>Refresh it with {@code mvn test -Dtest=ConfigTableTest -Ddocs.update=true}.
 */
class ConfigTableTest {
  @Test
  void theDocumentHasTheTableOfThisCode() throws IOException {
    DocsSection.named("configuration")
        .requireOrUpdate(ConfigTable.ofSources(), ConfigTableTest.class);
  }

  @Test
  void theTableShowsKeyDefaultAndMeaning() {
    assertThat(ConfigTable.ofSources().lines())
        .contains(
            "| `session-router.http.port` | `8080` | The data port; 0 takes a free one. |",
            "| `session-router.endpoints.<endpoint>.variants.<variant>.instances` |"
                + " (none) | The instances' URLs, comma-separated, `http` or `https`, without"
                + " a path. Each must be one container's own address, not that of a load"
                + " balancer. A variant has these, or those of a Kubernetes Service, or those of"
                + " a DNS name, or several of them together. |",
            "| `session-router.endpoints.<endpoint>.sessions.close-payload` |"
                + " `{\"requestType\":\"CLOSE\"}` | Body of the request that closes a session on"
                + " its container; `{session-id}` in it stands for the session's id. |");
  }
}
