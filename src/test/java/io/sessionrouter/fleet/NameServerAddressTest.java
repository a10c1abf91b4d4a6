package io.sessionrouter.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.testing.Configured;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NameServerAddressTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.10, 10.0.0.10, 53",
    "' 10.0.0.10:8600 ', 10.0.0.10, 8600",
    "[fd00::10], fd00::10, 53",
    "[fd00::10]:65535, fd00::10, 65535"
  })
  void anAddressIsRead(String text, String host, int port) throws Exception {
    assertThat(NameServerAddress.parse(text))
        .isEqualTo(new InetSocketAddress(InetAddress.getByName(host), port));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "dns.example",
        "10.0.0.10:",
        "10.0.0.10:0",
        "10.0.0.10:65536",
        "10.0.0.999",
        "fd00::10",
        "[10.0.0.x]",
        "[]:53",
        "http://10.0.0.10",
        "10.0.0.10:53/x"
      })
  void nothingElseIs(String text) {
    assertThat(NameServerAddress.parse(text)).isNull();
  }

  @Test
  void aWrongOneIsNamed() {
    Configured.valid()
        .with("session-router.dns.servers", "10.0.0.10,dns.example")
        .requireRefused("session-router.dns.servers: dns.example", "10.0.0.10:8600");
  }
}
