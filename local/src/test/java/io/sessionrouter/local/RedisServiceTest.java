package io.sessionrouter.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisServiceTest {
  @TempDir Path folder;

  @Test
  void keepsItsDataOverACrashIfAskedTo() throws Exception {
    Service redis = redis(List.of("--appendonly", "yes", "--appendfsync", "always"));
    try (Children children = new Children(folder)) {
      Child first = children.startAndAwait(redis);
      assertThat(ask(redis, "SET key value")).isEqualTo("+OK");
      first.kill();

      children.startAndAwait(redis);

      assertThat(ask(redis, "GET key")).isEqualTo("$5");
    }
  }

  @Test
  void listensOnThisMachineOnly() throws Exception {
    Service redis = redis(List.of());
    try (Children children = new Children(folder)) {
      children.startAndAwait(redis);

      assertThat(redis.command()).containsSequence("--bind", "127.0.0.1");
      assertThat(ask(redis, "PING")).isEqualTo("+PONG");
    }
  }

  private Service redis(List<String> options) {
    Installation installation = new Installation(folder);
    return new Services(installation).redis("redis", Ports.free(), folder.resolve("data"), options);
  }

  private static String ask(Service redis, String command) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redis.url().getPort())) {
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
          .readLine();
    }
  }
}
