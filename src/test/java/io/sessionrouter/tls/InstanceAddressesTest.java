package io.sessionrouter.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstanceAddressesTest {

  @ParameterizedTest
  @CsvSource({"127.0.0.1, true", "::1, true", "[::1], true", "localhost, false", "1.2.3, false"})
  void aLiteralAddressIsNotLookedUp(String host, boolean literal) {
    assertThat(InstanceAddresses.literal(host) != null).isEqualTo(literal);
  }

  @ParameterizedTest
  @CsvSource({
    "6a 6b 4a 4b, 6a 4a 6b 4b",
    "4a 4b 4c 6a, 4a 6a 4b 4c",
    "4a, 4a",
    "6a 6b, 6a 6b",
  })
  void familiesComeByTurns(String all, String expected) {
    assertThat(InstanceAddresses.byTurns(addresses(all))).isEqualTo(addresses(expected));
  }

  @Test
  void notMoreThanSomeAreTried() {
    List<InetSocketAddress> many =
        IntStream.range(1, 100).mapToObj(i -> new InetSocketAddress("10.0.0." + i, 1)).toList();

    assertThat(InstanceAddresses.byTurns(many)).hasSize(8);
  }

  @Test
  void nothingListensOnlyIfThatHoldsWhereverThereIsAWay() {
    var refused = new ConnectException("finishConnect(..) failed: Connection refused: x");
    var noRoute = new ConnectException("connect(..) failed: Network is unreachable: x");
    var late = new ConnectTimeoutException("connection timed out");

    assertThat(InstanceAddresses.moreInformative(null, noRoute)).isSameAs(noRoute);
    assertThat(InstanceAddresses.moreInformative(noRoute, refused)).isSameAs(refused);
    assertThat(InstanceAddresses.moreInformative(refused, noRoute)).isSameAs(refused);
    assertThat(InstanceAddresses.moreInformative(refused, late)).isSameAs(late);
    assertThat(InstanceAddresses.moreInformative(late, refused)).isSameAs(late);
  }

  private static List<InetSocketAddress> addresses(String names) {
    return Stream.of(names.split(" "))
        .map(
            name ->
                new InetSocketAddress(
                    (name.charAt(0) == '6' ? "fd00::" : "10.0.0.") + (name.charAt(1) - 'a' + 1),
                    80))
        .toList();
  }
}
