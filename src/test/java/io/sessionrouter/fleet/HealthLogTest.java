package io.sessionrouter.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthLogTest {
  private final Logger logger = Logger.getLogger(HealthLog.class.getName());
  private final List<String> lines = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          lines.add(line.getLevel() + " " + line.getMessage().formatted(line.getParameters()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    logger.addHandler(handler);
  }

  @AfterEach
  void stopListening() {
    logger.removeHandler(handler);
  }

  @Test
  void oneLineForEachChangeOfState() {
    Member member = new Member(Endpoints.instance("main", 1));

    member.observe(h -> h.checkPassed("b1", 1, 0), "check passed");
    member.observe(h -> h.checkPassed("b1", 2, 0), "check passed");
    for (int i = 0; i < 9; i++) {
      member.observe(h -> h.checkRefused(3), "connection refused");
    }

    assertThat(lines)
        .containsExactly(
            "INFO instance state changed endpoint=chat variant=main instance=127.0.0.1:1"
                + " from=UNKNOWN to=HEALTHY reason=\"check passed\"",
            "WARN instance state changed endpoint=chat variant=main instance=127.0.0.1:1"
                + " from=HEALTHY to=GONE reason=\"connection refused\"");
  }

  @Test
  void aRestartThatWasNotSeenOtherwiseIsLogged() {
    Member member = new Member(Endpoints.instance("main", 1));
    member.observe(h -> h.checkPassed("b1", 1, 0), "check passed");

    member.observe(h -> h.checkPassed("b2", 2, 0), "check passed");

    assertThat(lines)
        .hasSize(2)
        .contains(
            "WARN instance restarted endpoint=chat variant=main instance=127.0.0.1:1"
                + " from=\"b1\" to=\"b2\"");
  }
}
