package io.sessionrouter.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {

  @Test
  void withoutArgumentsTheDefaultsHold() throws Exception {
    assertThat(parse()).isEqualTo(new Options(2, 8080, 9000, 8088, null, false, false, false));
  }

  @Test
  void takesValuesAfterASpaceOrAnEqualsSign() throws Exception {
    Options options =
        parse(
            "--instances",
            "3",
            "--port=8081",
            "--management-port=9001",
            "--chat-port=9002",
            "--redis",
            "redis://h:1");

    assertThat(options)
        .isEqualTo(
            new Options(3, 8081, 9001, 9002, URI.create("redis://h:1"), false, false, false));
  }

  @Test
  void takesFlags() throws Exception {
    assertThat(parse("--check").checkOnly()).isTrue();
    assertThat(parse("--help").help()).isTrue();
    assertThat(parse("-h").help()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "--instances, 0, from 1 to 16",
    "--instances, 17, from 1 to 16",
    "--instances, two, from 1 to 16",
    "--port, 0, from 1 to 65535",
    "--port, 65536, from 1 to 65535",
    "--port, -1, from 1 to 65535",
    "--port, 99999999999, from 1 to 65535",
    "--management-port, '', from 1 to 65535",
    "--chat-port, chat, from 1 to 65535",
  })
  void refusesNumbersOutOfRange(String option, String value, String expected) {
    assertThatThrownBy(() -> parse(option, value))
        .isInstanceOf(Options.UsageException.class)
        .hasMessage("%s: %s (expected: a number %s)".formatted(option, value, expected));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "localhost:6379", "http://h:6379", "redis://", "redis://a b"})
  void refusesWhatIsNoRedisUrl(String url) {
    assertThatThrownBy(() -> parse("--redis", url))
        .hasMessage("--redis: not a Redis URL (expected: redis://HOST:PORT)");
  }

  @Test
  void doesNotRepeatAPasswordInAMessage() {
    assertThatThrownBy(() -> parse("--redis", "http://:secret@host:1"))
        .message()
        .doesNotContain("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--instances", "--port", "--management-port", "--chat-port", "--redis"})
  void refusesAMissingValue(String option) {
    assertThatThrownBy(() -> parse(option)).hasMessage(option + ": a value is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--instance", "2", "--port8080", ""})
  void refusesWhatItDoesNotKnow(String argument) {
    assertThatThrownBy(() -> parse(argument)).hasMessage("Unknown option: " + argument);
  }

  @Test
  void refusesOnePortForTwoPurposes() {
    assertThatThrownBy(() -> parse("--port", "9000"))
        .hasMessage("--port and --management-port: both are 9000 (expected: two ports)");
    assertThatThrownBy(() -> parse("--chat-port", "8080"))
        .hasMessage("--port and --chat-port: both are 8080 (expected: two ports)");
    assertThatThrownBy(() -> parse("--chat-port", "9000"))
        .hasMessage("--management-port and --chat-port: both are 9000 (expected: two ports)");
  }

  private static Options parse(String... arguments) throws Options.UsageException {
    return Options.parse(List.of(arguments));
  }
}
