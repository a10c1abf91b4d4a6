package io.sessionrouter.domain;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.domain.FailureKind.Alert;
import io.sessionrouter.domain.FailureKind.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.yaml.snakeyaml.Yaml;

/** The rules of grafana/alerts.yaml are what the failure table's columns say. */
class FailureAlertsTest {
  private static final Pattern FAULT = Pattern.compile("fault(=~?|!=|!~)\"([^\"]*)\"");
  private static final Pattern OUTCOME = Pattern.compile("outcome(=~?|!=|!~)\"([^\"]*)\"");

  private final Map<String, String> alerts = new HashMap<>();
  private final Map<String, String> records = new HashMap<>();

  FailureAlertsTest() throws IOException {
    Map<String, Map<String, List<Map<String, Object>>>> file =
        new Yaml().load(Files.readString(Path.of("grafana", "alerts.yaml")));
    for (Map<String, Object> group : file.get("spec").get("groups")) {
      for (Object rule : (List<?>) group.get("rules")) {
        read((Map<?, ?>) rule);
      }
    }
  }

  private void read(Map<?, ?> rule) {
    String expression = String.valueOf(rule.get("expr"));
    if (rule.containsKey("alert")) {
      alerts.put(String.valueOf(rule.get("alert")), expression);
    } else {
      records.put(String.valueOf(rule.get("record")), expression);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void everyAlertOfTheTableIsARule(Alert alert) {
    assertThat(alerts).containsKey(alert.rule());
  }

  @Test
  void theObjectiveCountsTheFaultsThatTheTableGivesAnAlert() {
    Set<String> counted =
        Arrays.stream(FailureKind.values())
            .filter(kind -> kind.alert() != Alert.NONE)
            .filter(kind -> !FailureTableTest.OF_CALLERS.contains(kind.alert()))
            .map(kind -> kind.fault().label())
            .collect(toSet());
    List<String> errors =
        records.entrySet().stream()
            .filter(rule -> rule.getKey().startsWith("session_router:request_errors:"))
            .map(Map.Entry::getValue)
            .toList();
    assertThat(errors).hasSize(4);
    for (String expression : errors) {
      assertThat(values(FAULT, expression)).isEqualTo(counted);
      assertThat(values(OUTCOME, expression)).as("no list of outcomes beside the table").isEmpty();
    }
  }

  @Test
  void anAlertNamesOnlyOutcomesThatTheTableGivesIt() {
    alerts.forEach(
        (alert, expression) ->
            assertThat(labelsOf(alert)).as(alert).containsAll(values(OUTCOME, expression)));
  }

  @Test
  void everyFaultOfARuleIsOneOfTheTable() {
    Set<String> known = Stream.of(Fault.values()).map(Fault::label).collect(toSet());
    Stream.concat(records.values().stream(), alerts.values().stream())
        .forEach(expression -> assertThat(known).containsAll(values(FAULT, expression)));
  }

  private static Set<String> labelsOf(String alert) {
    return Arrays.stream(FailureKind.values())
        .filter(kind -> kind.alert().rule().equals(alert))
        .map(FailureKind::label)
        .collect(toSet());
  }

  private static Set<String> values(Pattern label, String expression) {
    return label
        .matcher(expression)
        .results()
        .map(FailureAlertsTest::value)
        .flatMap(value -> Stream.of(value.split("\\|")))
        .collect(toSet());
  }

  private static String value(MatchResult selector) {
    assertThat(selector.group(1)).as(selector.group()).startsWith("=");
    return selector.group(2);
  }
}
