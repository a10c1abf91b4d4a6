package io.sessionrouter.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunks in, pieces out, wherever the network cuts; the time is the test's. */
@Tag("slow")
class ChunkAssemblerTest {
  private static final String HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final String LAST = "0\r\n\r\n";
  private static final String END = "(end)";
  private static final String BROKEN = "(broken)";

  private final ChunkDeadlines unfinished = new ChunkDeadlines();
  private final EmbeddedChannel channel =
      new EmbeddedChannel(
          new ChunkAssembler(new HttpDecoderConfig().setMaxChunkSize(64 * 1024), unfinished));
  private long now = 1;

  @AfterEach
  void nothingIsLeft() {
    channel.finishAndReleaseAll();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 100, 511, 5000})
  void aChunkIsAPieceWhereverTheNetworkCuts(int longest) {
    var random = new Random(longest);
    List<String> chunks = chunks(random);
    StringBuilder wire = new StringBuilder(HEAD);
    chunks.forEach(chunk -> wire.append(chunk(chunk)));
    wire.append(LAST).append(HEAD).append(chunk("of the next answer")).append(LAST);
    byte[] bytes = wire.toString().getBytes(UTF_8);

    List<String> pieces = new ArrayList<>();
    for (int at = 0; at < bytes.length; ) {
      int length = Math.min(bytes.length - at, 1 + random.nextInt(longest));
      pieces.addAll(receive(Unpooled.copiedBuffer(bytes, at, length)));
      at += length;
    }

    List<String> expected = new ArrayList<>(chunks);
    expected.addAll(List.of(END, "of the next answer", END));
    assertThat(pieces).isEqualTo(expected);
  }

  private static List<String> chunks(Random random) {
    return IntStream.range(0, 300)
        .mapToObj(i -> "data:" + "é€😀".repeat(random.nextInt(12)) + i)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"5;name=value\r\nhello\r\n", "0000005\r\nhello\r\n"})
  void anotherFormOfTheSizeIsReadToo(String chunk) {
    assertThat(receive(HEAD)).isEmpty();
    for (int i = 0; i < chunk.length() - 3; i++) {
      assertThat(receive(chunk.substring(i, i + 1))).isEmpty();
    }
    assertThat(receive(chunk.substring(chunk.length() - 3) + LAST)).containsExactly("hello", END);
  }

  @Test
  void trailersAreNotTakenForChunks() {
    assertThat(receive(HEAD + chunk("a") + "0\r\nbad: face\r\n")).containsExactly("a");
    assertThat(receive("abc: def\r\n")).isEmpty();
    assertThat(receive("\r\n" + HEAD + chunk("b") + LAST)).containsExactly(END, "b", END);
  }

  @Test
  void aChunkOfTheBoundIsOnePiece() {
    String text = "x".repeat(ChunkAssembler.MAX_CHUNK_BYTES);
    String wire = chunk(text);

    assertThat(receive(HEAD + wire.substring(0, 50_000))).isEmpty();
    assertThat(receive(wire.substring(50_000) + LAST)).containsExactly(text, END);
  }

  /** As when a long body comes in chunks: at the end of each read, a chunk is not whole. */
  @Test
  void theBufferDoesNotGrowWithWhatWasReadOfIt() {
    receive(HEAD);
    byte[] wire = chunk("x".repeat(4096)).repeat(20).getBytes(UTF_8);
    int read = 10_000;
    int largest = 0;
    int pieces = 0;
    for (int round = 0; round < 200; round++) {
      for (int at = 0; at < wire.length; at += read) {
        channel.writeInbound(Unpooled.copiedBuffer(wire, at, Math.min(read, wire.length - at)));
        for (HttpContent piece = channel.readInbound();
            piece != null;
            piece = channel.readInbound()) {
          assertThat(piece.content().readableBytes()).isEqualTo(4096);
          ByteBuf of = piece.content().unwrap();
          largest = Math.max(largest, of == null ? 0 : of.capacity());
          pieces++;
          piece.release();
        }
      }
    }
    assertThat(pieces).isEqualTo(20 * 200);
    assertThat(largest).isLessThan(4 * read);
  }

  @Test
  void aLargerOneComesAsItCame() {
    String text = "x".repeat(ChunkAssembler.MAX_CHUNK_BYTES + 1);
    String wire = chunk(text) + chunk("small") + LAST;
    int line = wire.indexOf('\n') + 1;

    assertThat(receive(HEAD + wire.substring(0, line + 10))).containsExactly(text.substring(0, 10));
    assertThat(receive(wire.substring(line + 10, line + 30)))
        .containsExactly(text.substring(10, 30));
    String rest = String.join("", receive(wire.substring(line + 30)));
    assertThat(rest).isEqualTo(text.substring(30) + "small" + END);
  }

  @Test
  void anAnswerOfKnownLengthComesAsItCame() {
    assertThat(receive("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n5\r\nhe"))
        .containsExactly("5\r\nhe");
    assertThat(receive("llo\r\n")).containsExactly("llo\r\n", END);
  }

  @Test
  void whatTricklesGoesOnInPieces() {
    String wire = chunk("a long chunk") + chunk("next") + LAST;
    assertThat(receive(HEAD + wire.substring(0, 5))).isEmpty();
    assertThat(look(0)).as("seen for the first time").isEmpty();
    assertThat(look(ChunkAssembler.MAX_WAIT_NANOS - 1)).as("not for long enough").isEmpty();
    assertThat(look(1)).containsExactly("a ");
    assertThat(receive(wire.substring(5, 9))).as("the same chunk").containsExactly("long");
    assertThat(receive(wire.substring(9, wire.length() - 10))).containsExactly(" chunk");
    assertThat(receive(wire.substring(wire.length() - 10)))
        .as("the next is whole again")
        .containsExactly("next", END);
    assertThat(look(ChunkAssembler.MAX_WAIT_NANOS)).isEmpty();
  }

  @Test
  void eachChunkHasATimeOfItsOwn() {
    receive(HEAD);
    for (int i = 0; i < 20; i++) {
      assertThat(receive("5\r\nhe")).isEmpty();
      assertThat(look(ChunkAssembler.MAX_WAIT_NANOS)).as("seen for the first time").isEmpty();
      assertThat(receive("llo\r\n")).containsExactly("hello");
    }
  }

  @Test
  void aReaderThatIsBehindDoesNotMakeItTrickle() {
    receive(HEAD + "5\r\nhe");
    channel.config().setAutoRead(false);
    look(0);
    assertThat(look(10 * ChunkAssembler.MAX_WAIT_NANOS)).isEmpty();
    channel.config().setAutoRead(true);
    assertThat(look(ChunkAssembler.MAX_WAIT_NANOS)).containsExactly("he");
    assertThat(receive("llo\r\n" + LAST)).containsExactly("llo", END);
  }

  @Test
  void ofAChunkThatWasCutOffComesWhatWasThere() {
    receive(HEAD + "5\r\nhe");
    channel.close();

    assertThat(pieces()).containsExactly("he");
    assertThat(look(ChunkAssembler.MAX_WAIT_NANOS)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"x\r\n", "-5\r\nhello", "5x\r\nhello", "fffffffff\r\n", "\r\n", "2\r\nabc"})
  void whatIsNoChunkIsRefused(String wire) {
    assertThat(receive(HEAD + wire + "\r\n\r\n")).last().isEqualTo(BROKEN);
  }

  private List<String> receive(String text) {
    return receive(Unpooled.copiedBuffer(text, UTF_8));
  }

  private List<String> receive(ByteBuf bytes) {
    channel.writeInbound(bytes);
    return pieces();
  }

  private List<String> look(long laterNanos) {
    now += laterNanos;
    unfinished.look(now);
    return pieces();
  }

  /** The bodies of what was decoded, and where they ended. */
  private List<String> pieces() {
    List<String> pieces = new ArrayList<>();
    HttpObject part = channel.readInbound();
    while (part != null) {
      if (part.decoderResult().isFailure()) {
        pieces.add(BROKEN);
      } else if (!(part instanceof HttpResponse)) {
        add((HttpContent) part, pieces);
      }
      part = channel.readInbound();
    }
    return pieces;
  }

  private static void add(HttpContent part, List<String> pieces) {
    if (part.content().isReadable()) {
      pieces.add(part.content().toString(UTF_8));
    }
    if (part instanceof LastHttpContent) {
      pieces.add(END);
    }
    part.release();
  }

  private static String chunk(String text) {
    return Integer.toHexString(text.getBytes(UTF_8).length) + "\r\n" + text + "\r\n";
  }
}
