package io.sessionrouter.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.local.Children;
import io.sessionrouter.local.RouterPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The console of a router whose configuration file changes while somebody looks. */
@ExtendWith(SharedSystem.class)
class ConsoleConfigurationIT {
  private static final Path FOLDER = TestSystem.folder("console-configuration");
  private static final Path FILE = FOLDER.resolve("application.properties");
  private static final Children CHILDREN = new Children(FOLDER);
  private static final String SLOTS = "session-router.endpoints.filed.sessions.max-per-instance";

  private static Browser browser;
  private static ConsolePage page;
  private static String instance;

  @BeforeAll
  static void start(TestSystem system) throws IOException {
    instance = system.containers().getFirst().url().toString();
    Files.createDirectories(FOLDER);
    slots("7");
    RouterPlan plan =
        system
            .another(system.redis())
            .with(Map.of("quarkus.config.locations", FILE.toUri().toString()));
    CHILDREN.startAndAwait(system.services().router("router", plan));
    browser = Browser.start(FOLDER);
    page = new ConsolePage(browser, plan);
  }

  @AfterAll
  static void stop() {
    browser.close();
    CHILDREN.close();
  }

  /** Exchanges the file whole, as editors and the kubelet do. */
  private static void slots(String value) throws IOException {
    String text =
        """
        session-router.endpoints.filed.variants.main.instances=%s
        %s=%s
        """
            .formatted(instance, SLOTS, value);
    Path next = Files.writeString(FOLDER.resolve("next.properties"), text, UTF_8);
    Files.move(next, FILE, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void namesWhatIsWrongWithTheConfigurationUntilItIsMended() throws IOException {
    page.open("");
    page.untilText("#verdict", "All is well");

    slots("many");

    page.untilText(
        "#verdict",
        "The newest configuration is refused, the former stays: %s: many (expected: none,"
            .formatted(SLOTS));
    page.requireNoSidewaysScrolling();

    slots("9");

    page.untilText("#verdict", "All is well");
    page.untilText("[aria-labelledby='endpoint-filed']", "9 slots free");
    assertThat(browser.errors()).as("errors in the browser's console").isEmpty();
  }
}
