package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DynamicTest;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Tests written in Python, each as a test of its own here. */
final class Pytest {
  private Pytest() {}

  /**
   * Runs them all.
   *
   * @param tests their folder beside the Java tests
   */
  static List<DynamicTest> run(String tests, Map<String, String> environment) throws Exception {
    Path report = TestSystem.folder("pytest-" + tests + ".xml");
    Files.deleteIfExists(report);
    try (Program pytest = Python.pytest(tests, environment, report)) {
      pytest.awaitEnd();
      assertThat(report).as("report of pytest, which printed: %s", pytest.output()).exists();
      return tests(report, pytest.output());
    }
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
