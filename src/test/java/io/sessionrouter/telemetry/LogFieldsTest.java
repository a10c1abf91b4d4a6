package io.sessionrouter.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.jboss.logging.MDC;
import org.junit.jupiter.api.Test;

/** What a log line says, and that nothing of it stays for the next. */
class LogFieldsTest {
  private static final String ID = "5b0c2f6e-0d5a-4d53-9d0e-1f6d3b7a9c11";

  @Test
  void namesFactsInTheirOrderAndLeavesOutWhatIsNotKnown() {
    try (LogFields fields =
        new LogFields().with("endpoint", "chat").with("variant", "").with("trace", null)) {
      assertThat(fields).hasToString("endpoint=chat");
      assertThat(MDC.get("endpoint")).isEqualTo("chat");
      assertThat(MDC.get("variant")).isNull();
    }
    assertThat(MDC.get("endpoint")).isNull();
  }

  @Test
  void hashesSessionsAlwaysAlikeAndNeverTellsTheirIds() {
    try (LogFields fields = new LogFields().withSession(ID)) {
      assertThat(fields.toString()).matches("session=[0-9a-f]{12}").doesNotContain(ID);
    }
    assertThat(LogFields.hash(ID)).isEqualTo(LogFields.hash(ID)).isNotEqualTo(LogFields.hash("b"));
  }
}
