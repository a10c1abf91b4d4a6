package io.sessionrouter.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeAsyncClient;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointWithResponseStreamRequest;
import software.amazon.awssdk.services.sagemakerruntime.model.ModelErrorException;
import software.amazon.awssdk.services.sagemakerruntime.model.ModelStreamErrorException;
import software.amazon.awssdk.services.sagemakerruntime.model.ValidationErrorException;

/**
 * Response streams of the packaged router, read by the asynchronous client of the AWS SDK for Java.
 */
class RouterStreamIT {
  @RegisterExtension static final PackagedRouter ROUTER = new PackagedRouter(new RouterWithRedis());

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final SdkStreamClients CLIENTS = new SdkStreamClients();

  private final Semaphore clientHasIt = new Semaphore(0);
  private final CountDownLatch testIsDone = new CountDownLatch(1);
  private ScriptedContainer container;
  private SageMakerRuntimeAsyncClient client;

  @BeforeEach
  void connect() {
    RunningRouter.awaitReady();
    container = Objects.requireNonNull(RouterWithRedis.scripted);
    client = CLIENTS.of(RunningRouter.url());
    for (String endpoint : List.of("script", "hasty", "restless")) {
      RunningRouter.awaitStates(endpoint, List.of("HEALTHY"));
    }
  }

  @AfterEach
  void disconnect() {
    testIsDone.countDown();
    client.close();
  }

  @AfterAll
  static void endThreads() {
    CLIENTS.close();
  }

  @Test
  void everyTokenArrivesBeforeTheNextIsMade() throws Exception {
    List<String> tokens = IntStream.range(0, 30).mapToObj(i -> "token " + i).toList();
    container.plays(
        answer -> {
          answer.begin();
          for (String token : tokens) {
            awaitClient();
            answer.write(token);
          }
          awaitClient();
        });
    StreamReader reader = invoke("script", r -> {});

    reader.awaitEnd();
    assertThat(reader.parts()).isEqualTo(tokens);
    assertThat(reader.response().contentType()).isEqualTo("text/event-stream");
    assertThat(reader.response().invokedProductionVariant()).isEqualTo("main");
    assertThat(reader.response().customAttributes()).isEqualTo("by=script");
    assertThat(container.failures()).isEmpty();
  }

  /** Its server cuts a long text into chunks of some 4 KiB, wherever a character may end. */
  @Test
  void everyPartIsText() throws Exception {
    String text = "é漢字😀 ".repeat(5000);
    container.plays(answer -> answer.write(text));
    StreamReader reader = invoke("script", r -> {});

    reader.awaitEnd();
    assertThat(reader.parts()).hasSizeGreaterThan(1);
    assertThat(String.join("", reader.parts())).isEqualTo(text);
  }

  @Test
  void opensContinuesAndClosesASession() throws Exception {
    container.plays(answer -> answer.write("hello"));
    StreamReader opened = invoke("script", r -> r.sessionId("NEW_SESSION"));
    opened.awaitEnd();
    String id = opened.newSessionId();

    StreamReader continued = invoke("script", r -> r.sessionId(id));
    continued.awaitEnd();
    assertThat(continued.parts()).containsExactly("hello");
    assertThat(continued.header("X-Amzn-SageMaker-New-Session-Id")).isNull();

    StreamReader closed =
        invoke("script", r -> r.sessionId(id).body(bytes("{\"requestType\":\"CLOSE\"}")));
    closed.awaitEnd();
    assertThat(closed.header("X-Amzn-SageMaker-Closed-Session-Id")).isEqualTo(id);
    assertThatThrownBy(() -> invoke("script", r -> r.sessionId(id)).awaitEnd())
        .hasCauseInstanceOf(ValidationErrorException.class)
        .hasMessageContaining("Session " + id + " is closed");
  }

  @Test
  void endsWithAStreamErrorWhenTheContainerDies() throws Exception {
    container.plays(
        answer -> {
          answer.write("the beginning");
          awaitClient(2);
          answer.breakOff();
        });
    StreamReader reader = invoke("script", r -> r.sessionId("NEW_SESSION"));

    assertStreamError(reader, "StreamBroken");
    assertThat(reader.parts()).containsExactly("the beginning");
    container.plays(answer -> answer.write("still here"));
    StreamReader next = invoke("script", r -> r.sessionId(reader.newSessionId()));
    next.awaitEnd();
    assertThat(next.parts()).as("its session goes on").containsExactly("still here");
  }

  @Test
  void endsWithAStreamErrorWhenItTakesTooLong() throws Exception {
    var refused = new CompletableFuture<Void>();
    container.plays(
        answer -> {
          answer.write("the beginning");
          testIsDone.await();
          answer.writeUntilRefused("too late");
          refused.complete(null);
        });
    StreamReader reader = invoke("hasty", r -> {});

    assertStreamError(reader, "ModelInvocationTimeExceeded");
    testIsDone.countDown();
    assertThat(refused).succeedsWithin(PATIENCE);
  }

  private void assertStreamError(StreamReader reader, String code) {
    assertThatThrownBy(reader::awaitEnd)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            ModelStreamErrorException.class,
            error -> {
              assertThat(error.errorCode()).isEqualTo(code);
              assertThat(error.awsErrorDetails().errorCode()).isEqualTo("ModelStreamError");
            });
  }

  @Test
  void failsPlainlyBeforeTheHead() throws Exception {
    container.plays(answer -> answer.fail(500, "no memory left"));
    assertThatThrownBy(() -> invoke("script", r -> {}).awaitEnd())
        .cause()
        .isInstanceOfSatisfying(
            ModelErrorException.class,
            error -> {
              assertThat(error.statusCode()).isEqualTo(424);
              assertThat(error.originalStatusCode()).isEqualTo(500);
              assertThat(error.originalMessage()).isEqualTo("no memory left");
              assertThat(error.requestId()).isNotBlank();
            });
    assertThatThrownBy(() -> invoke("script", r -> r.sessionId("nobody-knows")).awaitEnd())
        .hasCauseInstanceOf(ValidationErrorException.class);
  }

  @Test
  void aClientThatLeavesEndsTheContainersWork() throws Exception {
    var left = new CountDownLatch(1);
    var refused = new CompletableFuture<Void>();
    container.plays(
        answer -> {
          answer.write("the beginning");
          left.await();
          answer.writeUntilRefused("for nobody");
          refused.complete(null);
        });
    StreamReader reader = invoke("script", r -> {});
    awaitClient(2);

    reader.cancel();
    left.countDown();
    assertThat(refused).succeedsWithin(PATIENCE);
  }

  /** An idle session, opened after the stream began, shows when the time is over. */
  @Test
  void aRunningStreamKeepsItsSessionAlive() throws Exception {
    var idleOneEnded = new CountDownLatch(1);
    container.plays(
        answer -> {
          answer.write("the beginning");
          idleOneEnded.await();
          answer.write("the end");
        });
    StreamReader streaming = invoke("restless", r -> r.sessionId("NEW_SESSION"));
    awaitClient(2);
    container.plays(answer -> answer.write("short"));
    StreamReader idle = invoke("restless", r -> r.sessionId("NEW_SESSION"));
    idle.awaitEnd();

    await().atMost(PATIENCE).until(() -> container.closed().contains(idle.newSessionId()));
    StreamReader beside = invoke("restless", r -> r.sessionId(streaming.newSessionId()));
    beside.awaitEnd();
    assertThat(beside.parts()).containsExactly("short");
    idleOneEnded.countDown();
    streaming.awaitEnd();
    assertThat(streaming.parts()).containsExactly("the beginning", "the end");
    assertThat(container.closed()).doesNotContain(streaming.newSessionId());
  }

  private StreamReader invoke(
      String endpoint, Consumer<InvokeEndpointWithResponseStreamRequest.Builder> more) {
    StreamReader reader = new StreamReader(clientHasIt::release);
    reader.reads(
        client.invokeEndpointWithResponseStream(
            r -> {
              r.endpointName(endpoint).contentType("text/plain").body(bytes("go"));
              more.accept(r);
            },
            reader.handler()));
    return reader;
  }

  /** Until the client has got one thing more: the head of the answer, or a part. */
  private void awaitClient() throws InterruptedException {
    awaitClient(1);
  }

  private void awaitClient(int things) throws InterruptedException {
    assertThat(clientHasIt.tryAcquire(things, PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("the client got what was sent")
        .isTrue();
  }

  private static SdkBytes bytes(String text) {
    return SdkBytes.fromUtf8String(text);
  }
}
