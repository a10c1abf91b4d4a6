package io.sessionrouter.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Runs the tests written in Python, with boto3 and the AWS CLI, each as a test of its own here. */
@ExtendWith(SharedSystem.class)
class ClientsIT {

  @TestFactory
  List<DynamicTest> boto3AndAwsCli(TestSystem system) throws Exception {
    Path report = TestSystem.folder("pytest.xml");
    Files.deleteIfExists(report);
    Map<String, String> environment =
        Map.of(
            "ROUTER_URL", system.router().url().toString(),
            "MANAGEMENT_URL", system.router().management().toString(),
            "CONTAINER_URLS", urls(system),
            "SCRIPTED_PORT", String.valueOf(system.scriptedPort()),
            "EXAMPLES", Installation.current().model().resolve("examples.json").toString());
    try (Program pytest = Python.pytest(environment, report)) {
      pytest.awaitEnd();
      assertThat(report).as("report of pytest, which printed: %s", pytest.output()).exists();
      return tests(report, pytest.output());
    }
  }

  private static String urls(TestSystem system) {
    return system.containers().stream()
        .map(container -> container.url().toString())
        .collect(Collectors.joining(","));
  }

  private static List<DynamicTest> tests(Path report, String output) throws Exception {
    Document document =
        DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder().parse(report.toFile());
    NodeList cases = document.getElementsByTagName("testcase");
    assertThat(cases.getLength()).as("tests that pytest ran; it printed: %s", output).isPositive();
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < cases.getLength(); i++) {
      tests.add(test((Element) cases.item(i)));
    }
    return tests;
  }

  private static DynamicTest test(Element testCase) {
    String name = testCase.getAttribute("classname") + "." + testCase.getAttribute("name");
    return DynamicTest.dynamicTest(name, () -> requireSuccess(name, testCase));
  }

  /** A test case holds an element only if it failed, broke or was skipped. */
  private static void requireSuccess(String name, Element testCase) {
    for (String problem : List.of("failure", "error", "skipped")) {
      NodeList found = testCase.getElementsByTagName(problem);
      if (found.getLength() > 0) {
        fail("%s of %s:%n%s", problem, name, found.item(0).getTextContent());
      }
    }
  }
}
