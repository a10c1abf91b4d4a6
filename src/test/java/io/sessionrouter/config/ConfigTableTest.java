package io.sessionrouter.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Keeps the README's configuration table as the comments of {@link RouterConfig} say.
 *
 * <p>Refresh it with {@code mvn test -Dtest=ConfigTableTest -Dreadme.update=true}.
 */
class ConfigTableTest {
  private static final Path README = Path.of("README.md");
  private static final String BEGIN = "<!-- config:begin -->\n";
  private static final String END = "<!-- config:end -->";

  @Test
  void theReadmeHasTheTableOfThisCode() throws IOException {
    String readme = Files.readString(README);
    String expected = withTable(readme, ConfigTable.ofSource());

    if (Boolean.getBoolean("readme.update")) {
      Files.writeString(README, expected);
      return;
    }
    assertThat(readme)
        .as("refresh it: mvn test -Dtest=ConfigTableTest -Dreadme.update=true")
        .isEqualTo(expected);
  }

  @Test
  void theTableShowsKeyDefaultAndMeaning() throws IOException {
    assertThat(ConfigTable.ofSource().lines())
        .contains(
            "| `session-router.http.port` | `8080` | The data port; 0 takes a free one. |",
            "| `session-router.endpoints.<endpoint>.variants.<variant>.instances` |"
                + " (none) | The instances' URLs, comma-separated, `http` or `https`, without"
                + " a path. Each must be one container's own address, not that of a load"
                + " balancer. A variant has these, or those of a Kubernetes Service, or those of"
                + " a DNS name, or several of them together. |",
            "| `session-router.endpoints.<endpoint>.sessions.close-payload` |"
                + " `{\"requestType\":\"CLOSE\"}` | Body of the request that tells a container to"
                + " close a session; `{session-id}` in it stands for the session's id. |");
  }

  private static String withTable(String readme, String table) {
    int begin = readme.indexOf(BEGIN);
    int end = readme.indexOf(END);
    assertThat(begin).as("README.md has a line %s", BEGIN).isNotNegative();
    assertThat(end).as("README.md has a line %s after it", END).isGreaterThan(begin);
    return readme.substring(0, begin + BEGIN.length()) + table + readme.substring(end);
  }
}
