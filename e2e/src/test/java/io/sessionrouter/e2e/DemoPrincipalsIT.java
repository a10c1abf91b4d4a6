package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.local.DemoPrincipals;
import io.sessionrouter.local.Installation;
import io.sessionrouter.local.Keys;
import io.sessionrouter.local.Services;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo's keys in the file that the router's own command writes. */
class DemoPrincipalsIT {
  @TempDir private Path state;

  private Keys keys() {
    return DemoPrincipals.in(state, new Services(Installation.current())).keys();
  }

  @Test
  void keysStayAsLongAsTheyAreValid() throws Exception {
    Keys made = keys();
    Path file = state.resolve("principals.json");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(keys()).as("at the next start").isEqualTo(made);

    change("rotate", "demo", "--expire-old", "1h");
    Keys rotated = keys();
    assertThat(rotated).as("those that would end").isNotEqualTo(made);
    assertThat(Files.readString(file)).contains(made.accessKeyId(), rotated.accessKeyId());
    assertThat(keys()).isEqualTo(rotated);

    change("revoke", "demo");
    assertThat(keys()).as("those that were revoked").isNotEqualTo(rotated);
  }

  private void change(String... words) throws Exception {
    Path root = Installation.current().root();
    List<String> command = new ArrayList<>(List.of("bash", "./principals"));
    command.addAll(List.of(words));
    command.addAll(List.of("--file", state.resolve("principals.json").toString()));
    try (Program program = Program.start(root, Map.of(), command)) {
      program.awaitExit(0);
    }
  }
}
