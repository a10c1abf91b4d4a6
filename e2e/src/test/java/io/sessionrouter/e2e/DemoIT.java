package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.local.Ports;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code ./demo} as its users see it. */
@ExtendWith(SharedSystem.class)
class DemoIT {
  private static final int STOPPED_BY_SIGTERM = 128 + 15;

  private final int port = Ports.free();
  private final int management = Ports.free();
  private final int chat = Ports.free();
  private DemoFolder folder;

  @BeforeEach
  void makeFolder() throws Exception {
    folder = DemoFolder.make();
  }

  @AfterEach
  void removeFolder() throws Exception {
    folder.close();
  }

  @Test
  void showsCallsThatWorkWhenTheyAreCopiedAndStopsWhatItStarted() throws Exception {
    try (Program demo = start("--instances", 2)) {
      List<ProcessHandle> started = demo.handle().descendants().toList();
      assertThat(started).as("redis, two containers, router").hasSize(4);

      String examples = examples();
      for (String call : List.of("curl", "AWS CLI", "boto3")) {
        requireConversation(copied(examples, "--- " + call), "closed");
      }
      requireConversation(copied(examples, "--- OpenAI's client"), "");
      assertSecondStartIsRefused(demo);
      assertChatPageIsServed(demo);
      assertIsForThoseWhoHaveAKey(demo);

      demo.handle().destroy();
      demo.awaitExit(STOPPED_BY_SIGTERM);
      assertThat(started).noneMatch(ProcessHandle::isAlive);
      assertThat(demo.output()).endsWith("stopped\n");
      assertThat(Ports.isFree(port)).isTrue();
      assertThat(Ports.isFree(chat)).isTrue();
    }
  }

  private String examples() throws Exception {
    try (Program program = folder.demo("--examples", "--port", port)) {
      program.awaitExit(0);
      return program.output();
    }
  }

  private void requireConversation(String script, String end) throws Exception {
    try (Program call = folder.paste(script)) {
      call.awaitExit(0);
      assertThat(call.output())
          .as("what this printed:%n%s", script)
          .contains(RouterClient.REMEMBERED)
          .containsIgnoringCase(end);
    }
  }

  private void assertChatPageIsServed(Program demo) throws Exception {
    URI page = at(chat);
    assertThat(demo.output()).contains("Open " + page);
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(page).build();
      assertThat(client.send(request, BodyHandlers.ofString()).body()).contains("Open a session");
    }
  }

  private void assertIsForThoseWhoHaveAKey(Program demo) throws Exception {
    DemoCallers callers = new DemoCallers(folder, at(port), at(management), at(chat));
    callers.assertRefusedWithoutKey();
    callers.assertBoto3Works(DemoCallers.printedKeys(demo.output()));
    callers.assertChatAnswers();
    assertThat(demo.output()).contains("Console     " + at(chat).resolve("/console"));
    callers.assertPagesOpen();
    callers.assertAnAddedPrincipalIsKnown();
  }

  private static URI at(int port) {
    return URI.create("http://127.0.0.1:%d/".formatted(port));
  }

  private void assertSecondStartIsRefused(Program running) throws Exception {
    try (Program second = folder.demo("--port", Ports.free())) {
      second.awaitExit(1);
      assertThat(second.output()).contains("already running", "kill " + running.handle().pid());
    }
  }

  @Test
  void hasNoCallsToCopyBeforeItHasKeys() throws Exception {
    try (Program program = folder.demo("--examples")) {
      program.awaitExit(1);
      assertThat(program.output()).contains("no keys", "./demo makes them");
    }
  }

  @Test
  void afterBeingKilledIsCleanedUpByTheNextStart(TestSystem system) throws Exception {
    List<ProcessHandle> left;
    try (Program demo = start("--instances", 1, "--redis", system.redis())) {
      left = demo.handle().descendants().toList();
      assertThat(left).as("container, router").hasSize(2).allMatch(ProcessHandle::isAlive);
    }
    try (Program next = folder.demo(onPorts("--check"))) {
      next.awaitExit(0);
      assertThat(next.output()).contains("left processes behind", "chat-1", "router");
      await().until(() -> left.stream().noneMatch(ProcessHandle::isAlive));
    }
  }

  @Test
  void endsWhenTheRouterEnds(TestSystem system) throws Exception {
    try (Program demo = start("--instances", 1, "--redis", system.redis())) {
      List<ProcessHandle> started = demo.handle().descendants().toList();
      processOn(port, started).destroyForcibly();

      demo.awaitExit(1);
      assertThat(demo.output()).contains("The router ended (exit code 137)", "router.log");
      assertThat(started).noneMatch(ProcessHandle::isAlive);
    }
  }

  @Test
  void namesABusyPort() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Program demo = folder.demo("--port", other.getLocalPort())) {
      demo.awaitExit(1);
      assertThat(demo.output())
          .contains(
              "Port " + other.getLocalPort() + " is in use by java (process ", "./demo --port ");
    }
  }

  @Test
  void namesARedisThatDoesNotAnswer() throws Exception {
    int nobody = Ports.free();
    try (Program demo = folder.demo(onPorts("--redis", "redis://127.0.0.1:" + nobody))) {
      demo.awaitExit(1);
      assertThat(demo.output()).contains("127.0.0.1:" + nobody, "--redis");
    }
  }

  @Test
  void showsItsUsageForWhatItDoesNotKnow() throws Exception {
    try (Program demo = folder.demo("--instanzen", "2")) {
      demo.awaitExit(2);
      assertThat(demo.output()).contains("Unknown option: --instanzen", "Usage: ./demo");
    }
  }

  @Test
  void saysWhatToInstallWithoutAJdk() throws Exception {
    String script = "source local/scripts/jdk.sh; required_java=999; require_jdk";
    try (Program search = folder.paste(script)) {
      search.awaitExit(1);
      assertThat(search.output()).contains("No JDK 999", "JAVA_HOME", "sdk install java");
    }
  }

  private Program start(Object... more) {
    Program demo = folder.demo(onPorts(more));
    demo.awaitOutput("\nREADY");
    return demo;
  }

  private Object[] onPorts(Object... more) {
    Stream<Object> ports =
        Stream.of("--port", port, "--management-port", management, "--chat-port", chat);
    return Stream.concat(ports, Stream.of(more)).toArray();
  }

  private static ProcessHandle processOn(int port, List<ProcessHandle> processes) {
    return processes.stream()
        .filter(process -> process.info().commandLine().orElse("").contains("http.port=" + port))
        .findFirst()
        .orElseThrow();
  }

  /** The block beneath a heading, up to the next empty line. */
  private static String copied(String output, String heading) {
    String below = output.substring(output.indexOf(heading));
    return below.substring(below.indexOf('\n') + 1, below.indexOf("\n\n"));
  }
}
