package io.sessionrouter.container.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DialectTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, '', PLAIN",
        "-, 'HF_MODEL_ID', PLAIN",
        "-, 'MAX_INPUT_LENGTH', PLAIN",
        "-, 'HF_MODEL_ID MAX_INPUT_LENGTH', TGI",
        "-, 'HF_MODEL_ID SM_NUM_GPUS MODEL_PATH', TGI",
        "-, 'HF_MODEL_ID OPTION_ROLLING_BATCH', LMI",
        "lmi, 'HF_MODEL_ID SM_NUM_GPUS', LMI",
        "tgi, '', TGI",
      })
  void isWhatIsSetOrWhatTheEnvironmentWasWrittenFor(
      String set, String environment, Dialect expected) {
    Map<String, String> keys = set == null ? Map.of() : Map.of("model.dialect", set);
    Optional<DialectChoice> choice = TestConfig.of(keys).dialect();

    assertThat(Dialect.of(choice, named(environment))).isEqualTo(expected);
  }

  private static Map<String, String> named(String names) {
    return Arrays.stream(names.split(" "))
        .collect(Collectors.toMap(Function.identity(), name -> "1"));
  }
}
