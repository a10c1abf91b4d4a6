package io.sessionrouter.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes out, in how many writes, and who gives the buffers back. */
class HttpOutputTest {
  private static final AsciiString NAME = AsciiString.cached("name");
  private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
  private final HttpOutput out = new HttpOutput(channel.pipeline().firstContext());

  @AfterEach
  void nothingIsLeft() {
    out.close();
    channel.finishAndReleaseAll();
  }

  @Test
  void aHeadAndASmallBodyAreOneWrite() {
    out.text(AsciiString.cached("GET\r\n")).header(NAME, "value").lineEnd();
    out.bytes(buffer("body"));
    out.flush();

    assertThat(sent()).containsExactly("GET\r\nname: value\r\n\r\nbody");
  }

  @Test
  void nothingIsSentBeforeTheFlush() {
    out.text("a");

    assertThat(sent()).isEmpty();
  }

  @Test
  void aLargeBodyGoesAsItIs() {
    ByteBuf large = buffer("x".repeat(2049));
    out.text("head ");
    out.bytes(large);
    out.flush();

    ByteBuf head = channel.readOutbound();
    ByteBuf body = channel.readOutbound();
    assertThat(head.toString(StandardCharsets.US_ASCII)).isEqualTo("head ");
    assertThat(body).isSameAs(large);
    head.release();
    body.release();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 16, 255, 2048, 2049, 65_536})
  void aChunkHasItsLengthInHex(int length) {
    String data = "c".repeat(length);
    out.chunk(buffer(data));
    out.flush();

    assertThat(String.join("", sent()))
        .isEqualTo(Integer.toHexString(length) + "\r\n" + data + "\r\n");
  }

  @Test
  void anEmptyPieceIsNoChunk() {
    ByteBuf empty = Unpooled.buffer();
    out.chunk(empty);
    out.flush();

    assertThat(sent()).isEmpty();
    assertThat(empty.refCnt()).isZero();
  }

  @Test
  void manySmallPiecesKeepTheirOrderAndABound() {
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      String piece = i + ";".repeat(i % 50);
      expected.append(piece);
      out.bytes(buffer(piece));
    }
    out.flush();

    List<String> writes = sent();
    assertThat(String.join("", writes)).isEqualTo(expected.toString());
    assertThat(writes).hasSizeGreaterThan(1).allMatch(write -> write.length() <= 4096);
  }

  @Test
  void whatFollowsTheEndIsGivenBack() {
    out.text("never sent");
    out.close();
    ByteBuf small = buffer("a");
    ByteBuf large = buffer("a".repeat(5000));
    out.text("a").bytes(small);
    out.bytes(large);
    out.flush();

    assertThat(sent()).isEmpty();
    assertThat(small.refCnt()).isZero();
    assertThat(large.refCnt()).isZero();
  }

  private static ByteBuf buffer(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
  }

  private List<String> sent() {
    List<String> writes = new ArrayList<>();
    for (ByteBuf b = channel.readOutbound(); b != null; b = channel.readOutbound()) {
      writes.add(b.toString(StandardCharsets.US_ASCII));
      b.release();
    }
    return writes;
  }
}
