package io.sessionrouter.container.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.generation.Completion;
import io.sessionrouter.container.generation.Completion.FinishReason;
import io.sessionrouter.container.generation.Token;
import io.sessionrouter.container.telemetry.ContainerMetrics;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The way of tokens from a thread, here the test's, to a client. */
@Timeout(30)
class TokenStreamTest {
  private final Vertx vertx = Vertx.vertx();
  private final ContainerMetrics metrics = new ContainerMetrics(new SimpleMeterRegistry());
  private final BlockingQueue<TokenStream> streams = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private HttpServer server;

  @SuppressWarnings("NullAway.Init") // set when a request arrives
  private Context loop;

  @BeforeEach
  void start() {
    Router router = Router.router(vertx);
    router.route().handler(this::serve);
    var listening = vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1");
    server = listening.toCompletionStage().toCompletableFuture().join();
  }

  @AfterEach
  void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private void serve(RoutingContext context) {
    loop = vertx.getOrCreateContext();
    var response = new Response(context, new Identity("boot", Optional.empty()));
    var target =
        new TokenStream.Target(response, StreamFormat.EVENTS, Map.of(SessionHeader.NAME, "abc"));
    var text = new ReplyText(metrics, new RequestRecord(metrics), Payloads.read("{}"));
    var events =
        new TokenStream.Events() {
          @Override
          public void begun() {
            told.add("begun");
          }

          @Override
          public void stalled() {
            told.add("stalled");
          }
        };
    streams.add(new TokenStream(target, text, events, loop, Duration.ofMinutes(1), metrics));
  }

  @Test
  void eachTokenIsAtTheClientBeforeTheNextIsMade() throws Exception {
    try (var client = client()) {
      TokenStream stream = stream();
      stream.accept(token("one"));
      client.head();

      assertThat(client.session()).isEqualTo("abc");
      assertThat(client.event().path("token").path("text").asText()).isEqualTo("one");

      stream.accept(token(" two"));
      assertThat(client.event().path("token").path("text").asText()).isEqualTo(" two");

      stream.accept(last("."));
      assertThat(client.event().path("generated_text").asText()).isEqualTo("one two.");
      assertThat(client.chunk()).isEmpty();
      stream.awaitDelivery();
    }
  }

  @Test
  void whatWasWithdrawnIsNeverSent() throws Exception {
    try (var _ = client()) {
      TokenStream stream = stream();
      var blocked = new CountDownLatch(1);
      loop.runOnContext(now -> awaitQuietly(blocked));
      stream.accept(token("lost"));

      assertThat(stream.withdraw()).isTrue();

      blocked.countDown();
      onLoop(() -> {});
      assertThat(told).isEmpty();
      assertThat(stream.begun()).isFalse();
    }
  }

  @Test
  void whatWasSentCannotBeWithdrawn() throws Exception {
    try (var client = client()) {
      TokenStream stream = stream();
      stream.accept(token("one"));
      client.head();

      assertThat(stream.withdraw()).isFalse();
      assertThat(stream.withdraw()).isFalse();
    }
  }

  @Test
  void noMoreThanAFewTokensWaitForABusyEventLoop() throws Exception {
    try (var client = client()) {
      TokenStream stream = stream();
      var woken = new CountDownLatch(1);
      stream.onReady(woken::countDown);
      var blocked = new CountDownLatch(1);
      loop.runOnContext(now -> awaitQuietly(blocked));
      int accepted = 0;
      while (stream.ready()) {
        stream.accept(token("x"));
        accepted++;
      }

      blocked.countDown();

      assertThat(accepted).isEqualTo(16);
      assertThat(woken.await(20, TimeUnit.SECONDS)).as("says when it can take more").isTrue();
      await().until(stream::ready);
      client.head();
      for (int i = 0; i < accepted; i++) {
        client.event();
      }
    }
  }

  @Test
  void anErrorIsTheLastEvent() throws Exception {
    try (var client = client()) {
      TokenStream stream = stream();
      stream.accept(token("one"));
      onLoop(() -> stream.fail(Fault.MODEL_FAILED.because("it broke")));
      stream.accept(token("late"));
      client.head();

      assertThat(client.chunks().getLast())
          .isEqualTo("data:{\"error\":\"it broke\",\"error_type\":\"MODEL_FAILED\"}\n\n");
      assertThat(stream.closed()).isTrue();
    }
  }

  private StreamClient client() throws IOException {
    return new StreamClient(server.actualPort()).send("", "");
  }

  private TokenStream stream() throws InterruptedException {
    TokenStream stream = streams.poll(20, TimeUnit.SECONDS);
    assertThat(stream).as("the request has arrived").isNotNull();
    return stream;
  }

  private void onLoop(Runnable action) throws InterruptedException {
    var done = new CountDownLatch(1);
    loop.runOnContext(
        now -> {
          action.run();
          done.countDown();
        });
    done.await();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private static Token token(String text) {
    return new Token(7, text, -0.5, false, null);
  }

  private static Token last(String text) {
    return new Token(7, text, -0.5, false, new Completion(3, 0, 3, FinishReason.LENGTH));
  }
}
