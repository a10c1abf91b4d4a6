package io.sessionrouter.container.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTest {
  @Test
  void defaultsWork() {
    ModelConfig config = ConfigCheck.checked(TestConfig.of(Map.of()));

    assertThat(config.path()).isEmpty();
    assertThat(config.instanceName()).isEmpty();
    assertThat(config.device()).isEqualTo(DeviceChoice.AUTO);
    assertThat(config.threads()).isEqualTo(1);
    assertThat(config.sessionMemory()).isEmpty();
    assertThat(config.sessionTtl()).isEqualTo(Duration.ofMinutes(20));
    assertThat(config.sessionIdleTimeout()).isEmpty();
    assertThat(config.sessionEviction()).isEqualTo(Eviction.NONE);
    assertThat(config.maxConcurrency()).isEqualTo(64);
    assertThat(config.maxQueue()).isEqualTo(256);
    assertThat(config.maxBody().asLongValue()).isEqualTo(4L << 20);
  }

  @Test
  void allOfItCanBeSet() {
    ModelConfig config =
        TestConfig.of(
            Map.of(
                "model.path", "/models/mine",
                "model.device", "cuda",
                "model.session-memory", "6G",
                "model.session-ttl", "90s",
                "model.session-idle-timeout", "5m",
                "model.session-eviction", "lru"));

    assertThat(config.path()).hasValue(Path.of("/models/mine"));
    assertThat(config.device()).isEqualTo(DeviceChoice.CUDA);
    assertThat(config.sessionMemory().orElseThrow().asLongValue()).isEqualTo(6L << 30);
    assertThat(config.sessionTtl()).isEqualTo(Duration.ofSeconds(90));
    assertThat(config.sessionIdleTimeout()).hasValue(Duration.ofMinutes(5));
    assertThat(config.sessionEviction()).isEqualTo(Eviction.LRU);
  }

  @ParameterizedTest
  @CsvSource({
    "model.instance-name, a b, 1 to 253 letters",
    "model.threads, 0, 1 to 1024",
    "model.max-concurrency, 0, 1 to 4096",
    "model.max-queue, -1, 0 to 65536",
    "model.prefill-chunk, 0, 1 to 65536",
    "model.max-new-tokens, -1, 0 to",
    "model.max-body, 100, 1024 to",
    "model.session-ttl, 500ms, at least 1 second",
    "model.session-ttl, 400d, at most 365 days",
    "model.session-idle-timeout, 0s, at least 1 second",
    "model.body-timeout, 0s, at least 1 second",
    "model.request-timeout, 1ms, at least 1 second",
    "model.stream-timeout, 0s, at least 1 second",
    "model.stream-stall-timeout, 10ms, at least 1 second"
  })
  void whatIsOutOfRangeIsNamedWithItsRange(String key, String value, String expected) {
    assertThatThrownBy(() -> ConfigCheck.checked(TestConfig.of(Map.of(key, value))))
        .hasMessageContaining(key)
        .hasMessageContaining(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "model.path, /models/mine, unset",
    "model.multi.max-models, 0, 1 to 10000",
    "model.multi.max-loads, 0, 1 to 64",
    "model.multi.max-queued-loads, -1, 0 to 10000",
    "model.multi.max-entries, 0, 1 to 1000000",
    "model.multi.max-artifact, 100, 1024 to",
    "model.multi.max-unpacked, 100, 1024 to",
    "model.multi.fetch-timeout, 0s, at least 1 second",
    "model.multi.unload-timeout, 0s, at least 1 second",
    "model.multi.url-prefixes, s3://mine, ends with a slash"
  })
  void whatIsOutOfRangeForManyModelsIsNamed(String key, String value, String expected) {
    var config = TestConfig.of(Map.of("model.multi.enabled", "true", key, value));

    assertThatThrownBy(() -> ConfigCheck.checked(config))
        .hasMessageContaining(key)
        .hasMessageContaining(expected);
  }

  @Test
  void manyModelsWorkWithNothingElseSet() {
    var multi = ConfigCheck.checked(TestConfig.of(Map.of("model.multi.enabled", "true"))).multi();

    assertThat(multi.memory()).isEmpty();
    assertThat(multi.maxLoads()).isEqualTo(2);
    assertThat(multi.urlPrefixes()).isEmpty();
    assertThat(multi.fetchTimeout()).isEqualTo(Duration.ofMinutes(5));
  }

  @ParameterizedTest
  @CsvSource({
    "model.device, gpu",
    "model.multi.max-artifcat, 1G",
    "model.s3.endpiont, http://minio:9000",
    "model.session-eviction, random",
    "model.session-memory, much",
    "model.session-ttl, soon",
    "model.threads, two",
    "model.sesion-ttl, 20m"
  })
  void whatCannotBeReadIsNamed(String key, String value) {
    assertThatThrownBy(() -> TestConfig.of(Map.of(key, value))).hasMessageContaining(key);
  }
}
