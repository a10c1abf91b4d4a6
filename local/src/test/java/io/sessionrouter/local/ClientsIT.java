package io.sessionrouter.local;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** What boto3 and the AWS CLI see. */
@ExtendWith(SharedSystem.class)
class ClientsIT {

  @TestFactory
  List<DynamicTest> boto3AndAwsCli(TestSystem system) throws Exception {
    return Pytest.run(
        "python",
        Map.of(
            "ROUTER_URL", system.router().url().toString(),
            "EXAMPLES", Installation.current().model().resolve("examples.json").toString()));
  }
}
