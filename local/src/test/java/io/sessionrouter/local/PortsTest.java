package io.sessionrouter.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PortsTest {

  @Test
  void givesEveryPortOnce() {
    int[] ports = IntStream.range(0, 50).map(i -> Ports.free()).toArray();

    assertThat(ports).doesNotHaveDuplicates();
  }

  @Test
  void stateOfAPortFollowsItsListener() throws Exception {
    int port;
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = listener.getLocalPort();

      assertThat(Ports.isFree(port)).as("while somebody listens").isFalse();
    }
    assertThat(Ports.isFree(port)).as("after the listener has gone").isTrue();
  }

  @Test
  void aListenerOnAllAddressesTakesThePort() throws Exception {
    try (ServerSocket listener = new ServerSocket(0)) {
      assertThat(Ports.isFree(listener.getLocalPort())).isFalse();
    }
  }
}
