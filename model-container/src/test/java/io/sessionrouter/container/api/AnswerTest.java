package io.sessionrouter.container.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sessionrouter.container.config.Dialect;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.generation.Completion;
import io.sessionrouter.container.generation.Completion.FinishReason;
import io.sessionrouter.container.generation.Token;
import io.sessionrouter.container.telemetry.ContainerMetrics;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AnswerTest {
  @Test
  void aReplyHasItsTextAndItsUsage() {
    Answer answer = reply("{}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body())
        .hasToString(
            "{\"generated_text\":\"hi \\\"you\\\"\",\"finish_reason\":\"length\",\"usage\":"
                + "{\"prompt_tokens\":10,\"cached_tokens\":7,\"generated_tokens\":3}}");
  }

  @Test
  void whatWasIgnoredIsNamedInItsUsage() {
    String key = "k".repeat(100);
    Answer answer =
        reply("{\"b\":1,\"a\":1,\"parameters\":{\"" + key + "\":1,\"z\":{},\"y\":[],\"x\":null}}");

    assertThat(answer.body().at("/usage/ignored"))
        .as("at most five, of at most 64 characters")
        .hasToString(
            "[\"a\",\"b\",\"parameters."
                + "k".repeat(53)
                + "\",\"parameters.x\",\"parameters.y\"]");
  }

  @Test
  void detailsAndTheWholeTextComeIfAskedFor() {
    Answer answer =
        reply("{\"inputs\":\"Say: \",\"parameters\":{\"details\":true,\"return_full_text\":true}}");

    assertThat(answer.body().path("generated_text").asText()).isEqualTo("Say: hi \"you\"");
    assertThat(answer.body().path("details"))
        .hasToString(
            "{\"finish_reason\":\"length\",\"generated_tokens\":3,\"prompt_tokens\":10,\"cached_tokens\":7}");
  }

  @Test
  void oneDialectHasItInAList() {
    Answer answer = reply("{}");

    assertThat(answer.in(Dialect.TGI).body()).hasToString("[" + answer.body() + "]");
    assertThat(answer.in(Dialect.LMI)).isSameAs(answer);
    assertThat(answer.in(Dialect.PLAIN)).isSameAs(answer);
  }

  private static Answer reply(String payload) {
    var metrics = new ContainerMetrics(new SimpleMeterRegistry());
    var text = new ReplyText(metrics, new RequestRecord(metrics), Payloads.read(payload));
    text.accept(new Token(1, "hi ", 0, false, null));
    text.accept(new Token(2, "\"you\"", 0, false, null));
    return Answer.reply(text, new Completion(10, 7, 3, FinishReason.LENGTH), Map.of());
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void everyFaultHasAStatusACodeAndAMessage(Fault fault) {
    Answer answer = Answer.error(fault.because("what %s", "happened"));

    assertThat(answer.status()).isBetween(400, 599);
    assertThat(answer.body())
        .hasToString(
            "{\"error\":{\"code\":\"" + fault.name() + "\",\"message\":\"what happened\"}}");
    assertThat(answer.headers().containsKey("Retry-After"))
        .as("503 says when to come back")
        .isEqualTo(fault.status() == 503);
  }

  @Test
  void aMessageWithPercentSignsIsTakenAsItIs() {
    assertThat(Fault.INTERNAL.because("100 %% sure").text()).isEqualTo("100 % sure");
  }

  @Test
  void theSessionHeaderIsAsTheContractHasIt() {
    assertThat(SessionHeader.opened("abc", Instant.parse("2026-01-02T03:04:05Z")))
        .isEqualTo("abc; Expires=2026-01-02T03:04:05Z");
  }

  @Test
  void bootIdsAreSixteenLettersAndDiffer() {
    var ids = IntStream.range(0, 100).mapToObj(i -> BootId.random()).collect(Collectors.toSet());

    assertThat(ids).hasSize(100).allMatch(id -> id.matches("[A-Za-z0-9]{16}"));
  }

  @Test
  void oneTooManyIsRefusedAndWhoLeavesMakesRoom() {
    var admission = new Admission(2);
    admission.enter();
    admission.enter();

    assertThatThrownBy(admission::enter)
        .isInstanceOfSatisfying(
            FaultException.class, f -> assertThat(f.fault()).isEqualTo(Fault.OVERLOADED));
    assertThat(admission.inside()).isEqualTo(2);

    admission.leave();
    admission.enter();
  }
}
