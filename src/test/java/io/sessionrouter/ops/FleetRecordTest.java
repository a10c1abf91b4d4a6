package io.sessionrouter.ops;

import static io.sessionrouter.ops.InstanceState.DRAINING;
import static io.sessionrouter.ops.InstanceState.GONE;
import static io.sessionrouter.ops.InstanceState.HEALTHY;
import static io.sessionrouter.ops.InstanceState.UNHEALTHY;
import static io.sessionrouter.ops.Snapshots.instance;
import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.domain.Loss;
import io.sessionrouter.ops.ConsoleSnapshot.Store;
import io.sessionrouter.session.LossCounts.Lost;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Events and the verdict, as they follow from one snapshot after the other. */
class FleetRecordTest {
  private static final String REFUSED = "connection refused";

  private final FleetRecord record = new FleetRecord(Snapshots.START);

  private ConsoleSnapshot complete(ConsoleSnapshot snapshot, Lost... lost) {
    return record.complete(snapshot, List.of(lost));
  }

  private static Lost lost(int n, Loss how, long sessions) {
    return new Lost(Snapshots.ENDPOINT, Snapshots.id(n), how, sessions);
  }

  private static List<String> texts(ConsoleSnapshot snapshot) {
    return snapshot.events().stream().map(ConsoleEvent::text).toList();
  }

  private static List<String> verdict(ConsoleSnapshot snapshot) {
    return snapshot.verdict().stream().map(p -> p.level() + " " + p.text()).toList();
  }

  @Test
  void itBeginsWithTheStartOfTheRouter() {
    ConsoleSnapshot first = complete(Snapshots.at(1, instance(1, HEALTHY, null)));

    assertThat(texts(first)).containsExactly("The router started.");
    assertThat(first.verdict()).isEmpty();
  }

  @Test
  void anInstanceThatIsGoneIsNamedWithItsCauseAndItsSessions() {
    complete(Snapshots.at(1, instance(1, HEALTHY, null), instance(2, HEALTHY, null)));
    var gone = complete(Snapshots.at(2, instance(1, HEALTHY, null), instance(2, GONE, REFUSED)));

    assertThat(texts(gone)).containsExactly("chat: chat-2 is gone (connection refused).");
    assertThat(gone.events().getFirst().instance()).isEqualTo(Snapshots.id(2));
    assertThat(gone.verdict())
        .containsExactly(
            new Problem(
                "warn",
                "chat: chat-2 is gone (connection refused)",
                "chat",
                Snapshots.id(2),
                Snapshots.START));

    var after =
        complete(
            Snapshots.at(9, instance(1, HEALTHY, null), instance(2, GONE, REFUSED)),
            lost(2, Loss.GONE, 1));
    assertThat(texts(after))
        .containsExactly("chat: chat-2 is gone (connection refused); 1 session lost.");
    assertThat(after.events().getFirst().replaces()).isEqualTo(gone.events().getFirst().number());
    assertThat(verdict(after))
        .containsExactly(
            "bad chat: 1 session was lost with chat-2 in the last 5 min",
            "warn chat: chat-2 is gone (connection refused)");

    var more =
        complete(
            Snapshots.at(12, instance(1, HEALTHY, null), instance(2, GONE, REFUSED)),
            lost(2, Loss.GONE, 2));
    assertThat(texts(more))
        .containsExactly("chat: chat-2 is gone (connection refused); 3 sessions lost.");
    assertThat(record.events()).hasSize(2);
  }

  @Test
  void lossesAreForgottenByTheVerdictAndKeptAsEvents() {
    complete(Snapshots.at(1, instance(1, HEALTHY, null)));
    complete(Snapshots.at(2, instance(1, HEALTHY, null)), lost(1, Loss.RESTARTED, 4));
    assertThat(verdict(complete(Snapshots.at(301, instance(1, HEALTHY, null))))).hasSize(1);

    assertThat(complete(Snapshots.at(303, instance(1, HEALTHY, null))).verdict()).isEmpty();
    assertThat(record.events().getLast().text())
        .isEqualTo("chat: chat-1 restarted; 4 sessions lost.");
  }

  @Test
  void drainingIsAnEventAndNoProblem() {
    complete(Snapshots.at(1, instance(1, HEALTHY, null), instance(2, HEALTHY, null)));
    var draining =
        complete(Snapshots.at(2, instance(1, HEALTHY, null), instance(2, DRAINING, null)));
    assertThat(texts(draining)).containsExactly("chat: chat-2 is draining: an operator drains it.");
    assertThat(draining.verdict()).isEmpty();

    assertThat(
            texts(
                complete(Snapshots.at(3, instance(1, HEALTHY, null), instance(2, HEALTHY, null)))))
        .containsExactly("chat: chat-2 is no longer draining.");
  }

  @Test
  void oneMissedCheckIsNoProblemYet() {
    complete(Snapshots.at(1, instance(1, HEALTHY, null)));

    assertThat(complete(Snapshots.at(2, instance(1, HEALTHY, "x", 1, 0))).verdict()).isEmpty();
    assertThat(verdict(complete(Snapshots.at(3, instance(1, HEALTHY, "x", 2, 0)))))
        .containsExactly("warn chat: chat-1 is not answering, 2 of 3 checks");
  }

  @Test
  void manyWithTheSameChangeAreOneEventAndOneProblem() {
    complete(Snapshots.at(1, many(HEALTHY)));

    var gone = complete(Snapshots.at(2, many(GONE)));
    assertThat(texts(gone)).containsExactly("chat: 5 instances are gone.");
    assertThat(verdict(gone))
        .containsExactly(
            "bad chat: no instance accepts new work", "warn chat: 5 instances are gone");
    assertThat(texts(complete(Snapshots.at(3))))
        .containsExactly("chat: 5 instances left the fleet.");
  }

  private static InstanceView[] many(InstanceState state) {
    return IntStream.range(0, 5)
        .mapToObj(n -> instance(n, state, null))
        .toArray(InstanceView[]::new);
  }

  @Test
  void whatIsWorstComesFirst() {
    var snapshot =
        Snapshots.at(
            1,
            new Store(false, false, "connection refused"),
            Snapshots.NOTHING,
            Snapshots.faults(Map.of("model_timeout", 1L, "no_session_slot", 2L)),
            instance(1, HEALTHY, null, 0, 2),
            instance(2, UNHEALTHY, "status 500"));

    assertThat(verdict(complete(snapshot)))
        .containsExactly(
            "bad Redis does not answer: no new sessions, only those remembered here continue",
            "bad chat: every session slot is taken",
            "warn chat: chat-2 is unhealthy (status 500)",
            "warn chat: requests failed in the last minute: no session slot (2), model timeout"
                + " (1)");
  }

  @Test
  void redisComingAndGoingIsAnEvent() {
    complete(Snapshots.at(1, instance(1, HEALTHY, null)));
    Store away = new Store(false, false, "gone");
    var gone =
        complete(
            Snapshots.at(
                2, away, Snapshots.NOTHING, Snapshots.NOTHING, instance(1, HEALTHY, null)));
    assertThat(texts(gone)).containsExactly("Redis does not answer.");
    assertThat(texts(complete(Snapshots.at(3, instance(1, HEALTHY, null)))))
        .containsExactly("Redis answers again.");
  }

  @Test
  void onlyTheLatestEventsAreKept() {
    for (int second = 0; second < 2 * EventLog.MAX_EVENTS; second++) {
      complete(Snapshots.at(second, instance(1, second % 2 == 0 ? HEALTHY : DRAINING, null)));
    }

    assertThat(record.events()).hasSize(EventLog.MAX_EVENTS);
    assertThat(record.events().getLast().at())
        .isEqualTo(Snapshots.START.plusSeconds(2 * EventLog.MAX_EVENTS - 1));
  }
}
