package io.sessionrouter.local;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import org.junit.jupiter.api.Test;

class PreflightTest {

  @Test
  void passesWhenNothingIsInTheWay() {
    assertThatNoException()
        .isThrownBy(() -> Preflight.check(options(Ports.free(), Ports.free(), Ports.free())));
  }

  @Test
  void namesTheBusyPortAndItsOption() throws Exception {
    try (ServerSocket other = listener()) {
      int busy = other.getLocalPort();

      assertThatThrownBy(() -> Preflight.check(options(busy, Ports.free(), Ports.free())))
          .isInstanceOf(StartFailure.class)
          .hasMessageContainingAll("Port " + busy + " is in use", "the router", "./demo --port ");
      assertThatThrownBy(() -> Preflight.check(options(Ports.free(), busy, Ports.free())))
          .hasMessageContainingAll("Port " + busy + " is in use", "--management-port");
      assertThatThrownBy(() -> Preflight.check(options(Ports.free(), Ports.free(), busy)))
          .hasMessageContainingAll("Port " + busy + " is in use", "the chat page", "--chat-port");
    }
  }

  @Test
  void namesTheRedisThatDoesNotAnswerWithoutItsPassword() {
    URI nothing = URI.create("redis://:secret@127.0.0.1:" + Ports.free());

    assertThatThrownBy(() -> Preflight.check(withRedis(nothing)))
        .hasMessageContainingAll("127.0.0.1:" + nothing.getPort(), "--redis")
        .hasMessageNotContaining("secret");
  }

  private static ServerSocket listener() throws Exception {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  private static Options options(int port, int management, int chat) {
    return new Options(2, port, management, chat, null, false, false, false);
  }

  private static Options withRedis(URI redis) {
    return new Options(2, Ports.free(), Ports.free(), Ports.free(), redis, false, false, false);
  }
}
