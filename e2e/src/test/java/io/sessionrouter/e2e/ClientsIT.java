package io.sessionrouter.e2e;

import io.sessionrouter.local.Installation;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** What boto3, the AWS CLI and OpenAI's client see. */
@ExtendWith(SharedSystem.class)
class ClientsIT {

  @TestFactory
  List<DynamicTest> boto3AndOthers(TestSystem system) throws Exception {
    return Pytest.run(
        "python",
        Map.of(
            "ROUTER_URL", system.router().url().toString(),
            "MANAGEMENT_URL", system.router().management().toString(),
            "CONTAINER_URLS", urls(system),
            "SCRIPTED_PORT", String.valueOf(system.scriptedPort()),
            "EXAMPLES", Installation.current().model().resolve("examples.json").toString()));
  }

  private static String urls(TestSystem system) {
    return system.containers().stream()
        .map(container -> container.url().toString())
        .collect(Collectors.joining(","));
  }
}
