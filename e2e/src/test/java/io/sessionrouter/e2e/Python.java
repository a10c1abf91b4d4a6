package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.local.Installation;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The Python that has boto3, the AWS CLI and pytest; {@code ./verify} makes it. */
final class Python {
  private static final Path E2E = Installation.current().root().resolve("e2e");
  private static final Path TESTS = E2E.resolve("src/test");
  private static final Map<String, String> AWS =
      Map.of(
          "AWS_ACCESS_KEY_ID", "demo",
          "AWS_SECRET_ACCESS_KEY", "demo",
          "AWS_DEFAULT_REGION", "us-east-1",
          "AWS_EC2_METADATA_DISABLED", "true",
          "PYTHONDONTWRITEBYTECODE", "1",
          // For tests in other folders, which speak to routers in the same way.
          "PYTHONPATH", TESTS.resolve("python").toString());

  private Python() {}

  /** The folder of its programs, to be put on a PATH. */
  static Path programs() {
    Path folder = E2E.resolve(".venv/bin");
    assertThat(folder.resolve("aws"))
        .as("the AWS CLI of the tests (expected: ./verify was run, which installs it)")
        .isExecutable();
    return folder;
  }

  static Program start(String script, Map<String, String> environment, String... arguments) {
    List<String> command =
        Stream.concat(Stream.of(python(), script), Stream.of(arguments)).toList();
    return Program.start(TESTS.resolve("python"), with(environment), command);
  }

  static Program pytest(String tests, Map<String, String> environment, Path report) {
    List<String> command =
        List.of(
            python(), "-m", "pytest", "--quiet", "-p", "no:cacheprovider", "--junitxml=" + report);
    return Program.start(TESTS.resolve(tests), with(environment), command);
  }

  private static String python() {
    return programs().resolve("python").toString();
  }

  private static Map<String, String> with(Map<String, String> environment) {
    Map<String, String> all = new HashMap<>(AWS);
    all.putAll(environment);
    return all;
  }
}
