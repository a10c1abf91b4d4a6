package io.sessionrouter.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.fleet.Endpoints;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.testing.MutableClock;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ModelListingTest {
  private final Logger logger = Logger.getLogger(ModelListing.class.getName());
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
  private final MutableClock clock = new MutableClock();
  private final FakeModels api = new FakeModels();
  private final Member member = Endpoints.healthy("main", 1);
  private final LoadClaims claims =
      new LoadClaims("chat", new NoMarks(), millis -> Future.failedFuture("none"), clock);
  private final ModelListing listing =
      new ModelListing(
          new ModelDirectory("s3://b/m", clock),
          api,
          new ModelProof(api, claims, (variant, target) -> false),
          clock,
          () -> Duration.ofSeconds(2));

  @BeforeEach
  void listen() {
    logger.addHandler(handler);
  }

  @AfterEach
  void stopListening() {
    logger.removeHandler(handler);
  }

  @Test
  void aContainerThatDoesNotTellIsNamedOnceUntilItDoes() {
    api.silent = true;
    listing.refresh(member);
    listing.refresh(member);
    assertThat(lines)
        .containsExactly(
            "WARN models not listed instance=chat/main/127.0.0.1:1 reason=\"silent\""
                + " (expected: a container with GET /models)");

    api.silent = false;
    listing.refresh(member);
    api.silent = true;
    listing.refresh(member);

    assertThat(lines).hasSize(2);
  }
}
