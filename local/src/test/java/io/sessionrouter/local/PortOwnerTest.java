package io.sessionrouter.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class PortOwnerTest {

  @Test
  void findsTheProcessThatListens() throws Exception {
    try (ServerSocket ours = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(PortOwner.of(ours.getLocalPort())).contains(ProcessHandle.current());
    }
  }

  @Test
  void findsNobodyWhereNobodyListens() {
    assertThat(PortOwner.of(Ports.free())).isEmpty();
  }

  @Test
  void namesProgramAndProcess() {
    assertThat(PortOwner.name(ProcessHandle.current()))
        .isEqualTo("java (process %d)".formatted(ProcessHandle.current().pid()));
  }
}
