package io.sessionrouter.container.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.generation.Completion;
import io.sessionrouter.container.generation.Completion.FinishReason;
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
    Answer answer =
        Answer.reply("hi \"you\"", new Completion(10, 7, 3, FinishReason.LENGTH), Map.of());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body())
        .hasToString(
            "{\"generated_text\":\"hi \\\"you\\\"\",\"finish_reason\":\"length\",\"usage\":"
                + "{\"prompt_tokens\":10,\"cached_tokens\":7,\"generated_tokens\":3}}");
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
    assertThat(Fault.INTERNAL.because("100 % sure").text()).isEqualTo("100 % sure");
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
