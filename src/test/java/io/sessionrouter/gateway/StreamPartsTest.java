package io.sessionrouter.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.gateway.RawConnection.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.eventstream.MessageDecoder;

/** What a container wrote as one chunk reaches the client as one, whatever lies between them. */
@Tag("slow")
class StreamPartsTest {
  private static final String EVENTS = "Content-Type: text/event-stream\r\n";
  private static final String LAST = "0\r\n\r\n";
  private static final int LARGE = 64 * 1024;

  /** Far below what the router waits for the rest of a chunk. */
  private static final long SHORT_NANOS = Duration.ofMillis(10).toNanos();

  private static final int ATTEMPTS = 200;

  /**
   * 300 chunks, cut anywhere on the way. A sender that was stopped in the middle of a chunk, as it
   * may be on a busy machine, does not count: its chunk may come in two.
   */
  @ParameterizedTest
  @CsvSource({"true, 7", "true, 400", "true, 100000", "false, 7", "false, 400", "false, 100000"})
  void aChunkIsAPartWhereverTheNetworkCuts(boolean events, int longest) throws Exception {
    List<String> sent =
        IntStream.range(0, 300).mapToObj(i -> "data:{\"text\":\" é€😀" + i + "\"}\n\n").toList();
    var longestPause = new long[1];
    try (var container =
            RawServer.playing(
                c -> {
                  while (c.readRequest() != null) {
                    longestPause[0] = cut(c, head(EVENTS) + chunks(sent) + LAST, longest);
                  }
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      List<String> seen = parts(client, events);
      for (int i = 0; i < ATTEMPTS && longestPause[0] > SHORT_NANOS; i++) {
        seen = parts(client, events);
      }
      assertThat(seen).isEqualTo(sent);
    }
  }

  /** Sends a text in pieces of random length, and says how long it paused between two of them. */
  private static long cut(RawConnection to, String text, int longest) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    var random = new Random(longest);
    long pause = 0;
    long last = System.nanoTime();
    for (int at = 0; at < bytes.length; ) {
      int end = Math.min(bytes.length, at + 1 + random.nextInt(longest));
      to.write(Arrays.copyOfRange(bytes, at, end));
      at = end;
      long now = System.nanoTime();
      pause = Math.max(pause, now - last);
      last = now;
    }
    return pause;
  }

  /** The container sends the rest of a chunk only when the client has its beginning. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aChunkThatTricklesGoesOnInPieces(boolean events) throws Exception {
    var clientHasIt = new Semaphore(0);
    byte[] text = "one €€€ chunk".getBytes(UTF_8);
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write(head(EVENTS) + Integer.toHexString(text.length) + "\r\n");
                  c.write(Arrays.copyOf(text, 6));
                  assertThat(clientHasIt.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
                  c.write(Arrays.copyOfRange(text, 6, text.length));
                  c.write("\r\n" + LAST);
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(request(events));
      client.readHead();
      assertThat(part(client, events)).as("without half a character").isEqualTo("one ");
      clientHasIt.release();
      StringBuilder rest = new StringBuilder();
      String part = part(client, events);
      while (!part.isEmpty()) {
        rest.append(part);
        part = part(client, events);
      }
      assertThat(rest).hasToString("€€€ chunk");
      assertThat(container.failures()).isEmpty();
    }
  }

  /** Larger chunks and bodies of known length come as they come, but with whole characters. */
  @ParameterizedTest
  @CsvSource({
    "true, true",
    "true, false",
    "false, true",
  })
  void aLargeTextIsCutBetweenCharacters(boolean events, boolean chunked) throws Exception {
    String text = "漢é😀".repeat(3 * LARGE / 9);
    int length = text.getBytes(UTF_8).length;
    String answer =
        chunked
            ? head("Content-Type: application/json\r\n") + chunks(List.of(text, text)) + LAST
            : "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                + 2 * length
                + "\r\n\r\n"
                + text
                + text;
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write(answer.getBytes(UTF_8));
                  c.readRequest();
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      List<String> parts = parts(client, events);
      assertThat(String.join("", parts)).isEqualTo(text + text);
      assertThat(parts).hasSizeGreaterThan(2);
    }
  }

  @Test
  void aChunkOf64KiBIsOnePart() throws Exception {
    String text = "x".repeat(LARGE);
    try (var container =
            RawServer.playing(
                c -> {
                  while (c.readRequest() != null) {
                    c.write(head(EVENTS) + chunks(List.of(text)) + LAST);
                  }
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      List<String> parts = parts(client, true);
      for (int i = 0; i < ATTEMPTS && parts.size() > 1; i++) {
        parts = parts(client, true);
      }
      assertThat(parts).containsExactly(text);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anAnswerThatEndsWithItsConnectionHasWholeCharacters(boolean events) throws Exception {
    String text = "é€😀".repeat(5000);
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  cut(c, "HTTP/1.0 200 OK\r\n" + EVENTS + "\r\n" + text, 1000);
                  c.close();
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      assertThat(String.join("", parts(client, events))).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anOldClientGetsEveryByte(boolean events) throws Exception {
    List<String> sent = IntStream.range(0, 300).mapToObj(i -> "data:€" + i + "\n\n").toList();
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  cut(c, head(EVENTS) + chunks(sent) + LAST, 5);
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(request(events).replace("HTTP/1.1", "HTTP/1.0"));
      String body = client.readResponse().body();
      String text = events ? String.join("", decoded(body)) : text(body.getBytes(ISO_8859_1));
      assertThat(text).isEqualTo(String.join("", sent));
    }
  }

  /** Half a character at the end is the container's, and is not lost. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsHeldBackComesAtTheEnd(boolean events) throws Exception {
    try (var container = RawServer.answering(head(EVENTS) + "4\r\nab\u00e2\u0082\r\n" + LAST);
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(request(events));
      client.readHead();
      StringBuilder bytes = new StringBuilder();
      String chunk = client.readChunk();
      while (!chunk.isEmpty()) {
        bytes.append(events ? payload(chunk) : chunk);
        chunk = client.readChunk();
      }
      assertThat(bytes.toString().getBytes(ISO_8859_1))
          .isEqualTo(new byte[] {'a', 'b', (byte) 0xE2, (byte) 0x82});
    }
  }

  /** And comes before the failure, if the answer breaks off there. */
  @Test
  void whatIsHeldBackComesBeforeAFailure() throws Exception {
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write(head(EVENTS).getBytes(UTF_8));
                  c.write("9\r\nab\u00e2");
                  c.close();
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(request(true));
      client.readHead();
      StringBuilder wire = new StringBuilder();
      String chunk = client.readChunk();
      while (!chunk.isEmpty()) {
        wire.append(chunk);
        chunk = client.readChunk();
      }
      var messages = messages(wire.toString());
      assertThat(messages).hasSize(3);
      assertThat(messages.get(1).getPayload()).isEqualTo(new byte[] {(byte) 0xE2});
      assertThat(messages.get(2).getHeaders().get(":exception-type").getString())
          .isEqualTo("ModelStreamError");
    }
  }

  @Test
  void anEncodedBodyKeepsItsEncoding() throws Exception {
    String zipped = "\u001f\u008b\u0008\u0000\u00e2";
    try (var container =
            RawServer.answering(
                GatewayFixture.ok(
                    zipped, "Content-Type: application/json", "Content-Encoding: gzip"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(GatewayFixture.post("x", "Content-Encoding: gzip"));
      Message answer = client.readResponse();
      assertThat(answer.header("Content-Encoding")).isEqualTo("gzip");
      assertThat(answer.body()).isEqualTo(zipped);
      assertThat(container.heads().getFirst()).contains("content-encoding: gzip\r\n");

      client.write(request(true));
      assertThat(client.readHead().header("Content-Encoding")).as("of the envelope").isNull();
      assertThat(payload(client.readChunk())).isEqualTo(zipped);
    }
  }

  @Test
  void anEncodedErrorIsNotShownAsText() throws Exception {
    try (var container =
            RawServer.answering(
                GatewayFixture.response(
                    "500 Oops", "\u001f\u008b\u0008", "Content-Encoding: gzip"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(GatewayFixture.post("x"));
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(424);
      assertThat(answer.header("Content-Encoding")).isNull();
      assertThat(answer.body()).contains("(compressed by the model container)");
    }
  }

  private static String head(String headers) {
    return "HTTP/1.1 200 OK\r\n" + headers + "Transfer-Encoding: chunked\r\n\r\n";
  }

  private static String chunks(List<String> texts) {
    StringBuilder wire = new StringBuilder();
    for (String text : texts) {
      String size = Integer.toHexString(text.getBytes(UTF_8).length);
      wire.append(size).append("\r\n").append(text).append("\r\n");
    }
    return wire.toString();
  }

  private static String request(boolean events) {
    return events
        ? GatewayFixture.post("x").replace("/invocations", "/invocations-response-stream")
        : GatewayFixture.post("x");
  }

  private static List<String> parts(RawConnection client, boolean events) throws IOException {
    client.write(request(events));
    client.readHead();
    List<String> parts = new ArrayList<>();
    String part = part(client, events);
    while (!part.isEmpty()) {
      parts.add(part);
      part = part(client, events);
    }
    return parts;
  }

  /** The next part, which must be a chunk and a text of its own; empty at the end. */
  private static String part(RawConnection client, boolean events) throws IOException {
    String chunk = client.readChunk();
    String bytes = events && !chunk.isEmpty() ? payload(chunk) : chunk;
    return text(bytes.getBytes(ISO_8859_1));
  }

  private static String payload(String chunk) {
    var messages = messages(chunk);
    assertThat(messages).as("events in a chunk").hasSize(1);
    return new String(messages.getFirst().getPayload(), ISO_8859_1);
  }

  private static List<String> decoded(String wire) throws CharacterCodingException {
    List<String> texts = new ArrayList<>();
    for (var message : messages(wire)) {
      texts.add(text(message.getPayload()));
    }
    return texts;
  }

  private static List<software.amazon.eventstream.Message> messages(String wire) {
    var decoder = new MessageDecoder();
    decoder.feed(wire.getBytes(ISO_8859_1));
    return decoder.getDecodedMessages();
  }

  /** As the strictest client reads it. */
  private static String text(byte[] bytes) throws CharacterCodingException {
    return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }
}
