package io.sessionrouter.container.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionrouter.container.api.Payload.RequestType;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.generation.Sampling;
import java.nio.charset.StandardCharsets;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadReaderTest {
  private final PayloadReader reader = new PayloadReader(77, false);
  private final PayloadReader strict = new PayloadReader(77, true);

  @Test
  void readsAllOfIt() {
    Payload payload =
        read(
            """
            {"requestType": "NEW_SESSION", "inputs": "hällo",
             "parameters": {"max_new_tokens": 5, "temperature": 0.5, "top_p": 0.9, "top_k": 40,
                            "seed": -3, "stop": ["a", "bc"]}}
            """);

    assertThat(payload.type()).isEqualTo(RequestType.NEW_SESSION);
    assertThat(payload.inputs()).isEqualTo("hällo");
    assertThat(payload.parameters().maxNewTokens()).isEqualTo(5);
    assertThat(payload.parameters().sampling()).isEqualTo(new Sampling(0.5, 40, 0.9, -3));
    assertThat(payload.parameters().stop()).containsExactly("a", "bc");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"requestType\":null,\"inputs\":null,\"parameters\":null}",
        "{\"parameters\":{}}",
        " {} "
      })
  void whatIsLeftOutHasADefault(String body) {
    Payload payload = read(body);

    assertThat(payload.type()).isNull();
    assertThat(payload.inputs()).isEmpty();
    assertThat(payload.parameters().maxNewTokens()).isEqualTo(77);
    assertThat(payload.parameters().sampling().greedy()).isTrue();
    assertThat(payload.parameters().stop()).isEmpty();
  }

  @Test
  void withoutASeedEveryRequestDrawsItsOwn() {
    String body = "{\"parameters\":{\"temperature\":1}}";

    assertThat(read(body).parameters().sampling().seed())
        .isNotEqualTo(read(body).parameters().sampling().seed());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"inputs\": | not valid JSON at line 1",
        "hello | not valid JSON",
        "{} {} | not valid JSON",
        "{\"inputs\":\"a\",\"inputs\":\"b\"} | not valid JSON",
        "{'inputs':'a'} | not valid JSON",
        "[] | the body is a list (expected: an object)",
        "\"text\" | the body is a text",
        "null | the body is missing (expected: an object)",
        "{\"stream\":\"yes\"} | stream is a text that does not fit (expected: true or false)",
        "{\"requestType\":\"OPEN\"} | requestType is a text that does not fit (expected:"
            + " NEW_SESSION, CLOSE, or none)",
        "{\"requestType\":7} | requestType is 7",
        "{\"inputs\":[\"a\"]} | inputs is a list (expected: a text)",
        "{\"inputs\":7} | inputs is 7 (expected: a text)",
        "{\"inputs\":\"\\ud800\"} | inputs is a text that does not fit (expected: a text)",
        "{\"parameters\":[]} | parameters is a list (expected: an object)",
        "{\"parameters\":{\"do_sample\":1}} | parameters.do_sample is 1 (expected: true or false)",
        "{\"parameters\":{\"details\":\"yes\"}} | parameters.details is a text",
        "{\"parameters\":{\"return_full_text\":0}} | parameters.return_full_text is 0",
        "{\"parameters\":{\"repetition_penalty\":0}} | parameters.repetition_penalty is 0",
        "{\"parameters\":{\"repetition_penalty\":11}} | parameters.repetition_penalty is 11",
        "{\"parameters\":{\"best_of\":2}} | parameters.best_of is 2 (expected: 1 or none, since it"
            + " does not work here)",
        "{\"parameters\":{\"n\":\"1\"}} | parameters.n is a text",
        "{\"parameters\":{\"frequency_penalty\":0.5}} | parameters.frequency_penalty is 0.5",
        "{\"parameters\":{\"grammar\":{}}} | parameters.grammar is an object (expected: none",
        "{\"parameters\":{\"stop_sequences\":\"a\"}} | parameters.stop_sequences is a text",
        "{\"parameters\":{\"max_new_tokens\":-1}} | parameters.max_new_tokens is -1 (expected: an"
            + " integer from 0 to 2147483647)",
        "{\"parameters\":{\"max_new_tokens\":1.5}} | parameters.max_new_tokens is 1.5 (expected: an"
            + " integer",
        "{\"parameters\":{\"max_new_tokens\":\"9\"}} | parameters.max_new_tokens is a text",
        "{\"parameters\":{\"max_new_tokens\":99999999999}} | parameters.max_new_tokens is"
            + " 99999999999",
        "{\"parameters\":{\"temperature\":-0.1}} | parameters.temperature is -0.1 (expected: a"
            + " number from 0 to 10)",
        "{\"parameters\":{\"temperature\":11}} | parameters.temperature is 11",
        "{\"parameters\":{\"temperature\":\"hot\"}} | parameters.temperature is a text",
        "{\"parameters\":{\"temperature\":true}} | parameters.temperature is true",
        "{\"parameters\":{\"top_p\":0}} | parameters.top_p is 0",
        "{\"parameters\":{\"top_p\":1.01}} | parameters.top_p is 1.01",
        "{\"parameters\":{\"top_k\":-1}} | parameters.top_k is -1 (expected: an integer from 0",
        "{\"parameters\":{\"seed\":1.5}} | parameters.seed is 1.5",
        "{\"parameters\":{\"seed\":99999999999999999999}} | parameters.seed is"
            + " 99999999999999999999",
        "{\"parameters\":{\"stop\":\"a\"}} | parameters.stop is a text",
        "{\"parameters\":{\"stop\":[\"\"]}} | parameters.stop is a list (expected: a list of at"
            + " most 16 texts of 1 to 256",
        "{\"parameters\":{\"stop\":[1]}} | parameters.stop is a list",
      })
  void whatIsWrongIsNamedWithWhatWasExpected(String body, String message) {
    assertRefused(body).hasMessageContaining(message);
  }

  @Test
  void whatOtherContainersKnowWorksOrChangesNothing() {
    Payload payload =
        read(
            """
            {"parameters": {"do_sample": true, "repetition_penalty": 1.2, "return_full_text": true,
                            "details": true, "stop_sequences": ["x"], "decoder_input_details": true,
                            "top_n_tokens": 5, "watermark": true, "best_of": 1, "n": 1,
                            "num_beams": 1, "typical_p": 1.0, "frequency_penalty": 0.0,
                            "presence_penalty": null, "min_p": 0, "truncate": null}}
            """);

    assertThat(payload.parameters().sampling().temperature()).isEqualTo(1);
    assertThat(payload.parameters().sampling().repetitionPenalty()).isEqualTo(1.2);
    assertThat(payload.parameters().fullText()).isTrue();
    assertThat(payload.parameters().details()).isTrue();
    assertThat(payload.parameters().stop()).containsExactly("x");
    assertThat(payload.ignored().names()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'{\"do_sample\":true}', 1",
    "'{\"do_sample\":true,\"temperature\":0.3}', 0.3",
    "'{\"do_sample\":false,\"temperature\":0.3}', 0",
    "'{\"do_sample\":false}', 0",
    "'{\"do_sample\":null,\"temperature\":0.3}', 0.3",
  })
  void doSampleDecidesWhetherTokensAreDrawn(String parameters, double temperature) {
    assertThat(read("{\"parameters\":" + parameters + "}").parameters().sampling().temperature())
        .isEqualTo(temperature);
  }

  @Test
  void whatNobodyKnowsIsIgnoredAndNamed() {
    Payload payload =
        read(
            "{\"inputs\":\"a\",\"model\":\"x\",\"parameters\":"
                + "{\"sagemaker_base_url\":\"http://x\",\"max_new_tokens\":3}}");

    assertThat(payload.ignored().names()).containsExactly("model", "parameters.sagemaker_base_url");
    assertThat(payload.parameters().maxNewTokens()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"input\":\"a\"} | input is unknown (expected: inputs, parameters, requestType, stream)",
        "{\"parameters\":{\"temprature\":1}} | parameters.temprature is unknown (expected: adapter",
      })
  void orRefusedIfThatIsAskedFor(String body, String message) {
    assertRefused(body, strict).hasMessageContaining(message);
  }

  @Test
  void tooManyOrTooLongStopTextsAreRefused() {
    assertRefused("{\"parameters\":{\"stop\":[" + "\"a\",".repeat(16) + "\"b\"]}}")
        .hasMessageContaining("at most 16");
    assertRefused("{\"parameters\":{\"stop\":[\"" + "a".repeat(257) + "\"]}}")
        .hasMessageContaining("1 to 256");
  }

  @Test
  void textsOfARequestAreNotRepeatedInErrors() {
    assertRefused("{\"requestType\":\"my password is 1234\"}").hasMessageNotContaining("1234");
    assertRefused("{\"inputs\":\"secret").hasMessageNotContaining("secret");
  }

  @Test
  void longNamesAreShortened() {
    assertRefused("{\"" + "k".repeat(500) + "\":1}", strict).message().hasSizeLessThan(200);
  }

  @Test
  void invalidUtf8IsRefused() {
    byte[] body = "{\"inputs\":\"a?\"}".getBytes(StandardCharsets.UTF_8);
    body[12] = (byte) 0xFF;

    assertThatThrownBy(() -> reader.read(body)).isInstanceOf(FaultException.class);
  }

  @Test
  void deepNestingIsRefusedNotFollowed() {
    assertRefused("{\"parameters\":" + "[".repeat(100_000)).hasMessageContaining("not valid JSON");
  }

  @Test
  void aLongTextIsNoProblem() {
    String text = "word ".repeat(6_000_000);

    assertThat(read("{\"inputs\":\"" + text + "\"}").inputs()).hasSize(30_000_000);
  }

  private Payload read(String body) {
    return reader.read(body.getBytes(StandardCharsets.UTF_8));
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(String body) {
    return assertRefused(body, reader);
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      String body, PayloadReader by) {
    return assertThatThrownBy(() -> by.read(body.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOfSatisfying(
            FaultException.class,
            failed -> assertThat(failed.fault()).isEqualTo(Fault.INVALID_REQUEST));
  }
}
