package io.sessionrouter.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.telemetry.AuditLog.Deed;
import io.sessionrouter.testing.LogLines;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AuditLogTest {
  private final AtomicLong now = new AtomicLong();
  private final AuditLog audit = new AuditLog(now::get);
  private final LogLines lines = new LogLines("io.sessionrouter.audit");

  @AfterEach
  void leave() {
    lines.close();
  }

  private static Deed drain(String object) {
    return new Deed("ops", "router:Drain", object, "r-1");
  }

  @Test
  void aDeedHasItsFields() {
    audit.done(drain("endpoint/chat/instance/10.0.0.1:8080"), "done");

    assertThat(lines.lines())
        .containsExactly(
            "INFO audit principal=ops action=router:Drain"
                + " object=endpoint/chat/instance/10.0.0.1:8080 request=r-1 outcome=done");
  }

  @Test
  void whatAClientWroteCannotPretendToBeALine() {
    audit.refused(drain("endpoint/a\nb principal=root \u001b[2J"), "access_denied");
    audit.refused(drain("x".repeat(5000)), "access_denied");

    assertThat(lines.lines().get(0)).contains("object=endpoint/a?b?principal=root??[2J ");
    assertThat(lines.lines().get(1)).hasSizeLessThan(400);
  }

  @Test
  void refusalsAreBoundedAndCounted() {
    for (int i = 0; i < 1000; i++) {
      audit.refused(drain("x"), "unknown_key");
    }
    assertThat(lines.lines()).hasSize(AuditLog.MAX_REFUSALS_PER_SECOND);

    now.addAndGet(1_000_000_000L);
    audit.refused(drain("x"), "unknown_key");
    audit.refused(drain("x"), "unknown_key");

    assertThat(lines.lines().get(20)).endsWith("outcome=unknown_key unwritten=980");
    assertThat(lines.lines().get(21)).endsWith("outcome=unknown_key");
  }

  @Test
  void deedsAreAllWritten() {
    for (int i = 0; i < 100; i++) {
      audit.done(drain("x"), "done");
    }

    assertThat(lines.lines()).hasSize(100);
  }
}
