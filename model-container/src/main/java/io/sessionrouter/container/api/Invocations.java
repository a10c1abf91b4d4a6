package io.sessionrouter.container.api;

import io.sessionrouter.container.config.ModelConfig;
import io.sessionrouter.container.generation.Completion;
import io.sessionrouter.container.generation.SequenceState;
import io.sessionrouter.container.generation.TokenSink;
import io.sessionrouter.container.host.Drain;
import io.sessionrouter.container.host.LoadedModel;
import io.sessionrouter.container.host.Question;
import io.sessionrouter.container.session.Session;
import io.sessionrouter.container.session.SessionEnd;
import io.sessionrouter.container.session.Use;
import io.sessionrouter.container.telemetry.ContainerMetrics;
import java.util.Map;
import java.util.Objects;

/** What happens to a request once it is here: the four operations of the contract. */
final class Invocations {
  private final ContainerMetrics metrics;
  private final Drain drain;
  private final IgnoredKeyLog ignored;
  private final Admission work;

  Invocations(ModelConfig config, ContainerMetrics metrics, Drain drain) {
    this.metrics = metrics;
    this.drain = drain;
    this.ignored = new IgnoredKeyLog();
    this.work = new Admission(config.maxConcurrency() + config.maxQueue());
    metrics.gauge("requests_in_flight", "Requests running and waiting", work::inside);
  }

  /** Takes a request's place in the line; fast, so that the event loop can do it on arrival. */
  Arrival arrive(LoadedModel model, Form form, SessionHeader header, byte[] body, Client client) {
    model.enter();
    try {
      Use use =
          header instanceof SessionHeader.Existing(String id) ? model.sessions().use(id) : null;
      return new Arrival(model, form, header, body, use, client);
    } catch (RuntimeException refused) {
      model.leave();
      throw refused;
    }
  }

  /** Answers it; waits, so it wants a thread of its own. An interrupt cancels it. */
  Answer serve(Arrival arrival) throws InterruptedException {
    try (arrival) {
      Payload payload = arrival.form().read(arrival.body(), arrival.model());
      Operation operation = Operation.of(arrival.header(), payload);
      arrival.client().record().is(operation);
      ignored.note(arrival.model(), payload.ignored());
      return perform(operation, arrival, payload);
    }
  }

  private Answer perform(Operation operation, Arrival arrival, Payload payload)
      throws InterruptedException {
    if (operation == Operation.CLOSE) {
      // Not counted: a full container must still release sessions.
      return close(arrival, payload);
    }
    work.enter();
    try {
      return switch (operation) {
        case STATELESS -> stateless(arrival, payload);
        case OPEN -> open(arrival, payload);
        case CONTINUE, CLOSE -> resume(arrival, payload);
      };
    } finally {
      work.leave();
    }
  }

  private Answer stateless(Arrival arrival, Payload payload) throws InterruptedException {
    SequenceState state = arrival.model().open();
    try {
      return reply(arrival, state, payload, Map.of());
    } finally {
      arrival.model().release(state).join();
    }
  }

  private Answer open(Arrival arrival, Payload payload) throws InterruptedException {
    drain.requireOpen();
    try (Use use = arrival.model().sessions().open()) {
      Session session = use.await();
      Runnable undo = () -> arrival.model().sessions().end(session, SessionEnd.ABANDONED).join();
      try {
        return firstReply(arrival, session, payload).withUndo(undo);
      } catch (RuntimeException | InterruptedException failed) {
        if (arrival.client().withdraw()) {
          undo.run();
        }
        throw failed;
      }
    }
  }

  private Answer firstReply(Arrival arrival, Session session, Payload payload)
      throws InterruptedException {
    String value = SessionHeader.opened(session.id(), session.expires());
    Map<String, String> headers = Map.of(SessionHeader.NAME, value);
    return payload.input().isEmpty()
        ? arrival.form().reply(text(arrival, payload), Completion.NOTHING, headers)
        : reply(arrival, session.state(), payload, headers);
  }

  private Answer resume(Arrival arrival, Payload payload) throws InterruptedException {
    Session session = Objects.requireNonNull(arrival.use()).await();
    return reply(arrival, session.state(), payload, Map.of(SessionHeader.NAME, session.id()));
  }

  private Answer close(Arrival arrival, Payload payload) {
    Session session = Objects.requireNonNull(arrival.use()).awaitToClose();
    arrival.model().sessions().end(session, SessionEnd.CLOSED).join();
    return arrival
        .form()
        .reply(
            text(arrival, payload), Completion.NOTHING, Map.of(SessionHeader.CLOSED, session.id()));
  }

  private ReplyText text(Arrival arrival, Payload payload) {
    return new ReplyText(metrics, arrival.client().record(), payload);
  }

  private Answer reply(
      Arrival arrival, SequenceState state, Payload payload, Map<String, String> headers)
      throws InterruptedException {
    ReplyText text = text(arrival, payload);
    Question question = arrival.model().ask(state, payload.input());
    Map<String, String> reported = UsageHeaders.with(headers, question);
    TokenSink sink =
        arrival
            .client()
            .wants(payload)
            .map(format -> arrival.client().stream(format, reported, text))
            .orElse(text);
    var asked = payload.parameters();
    Completion completion =
        question.reply(asked.maxNewTokens(), asked.sampling(), asked.stop(), sink);
    metrics.prompt(completion.promptTokens(), completion.cachedTokens());
    question.remember(text.full(), completion);
    arrival.client().awaitDelivery();
    return arrival.form().reply(text, completion, reported);
  }
}
