package io.sessionrouter.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WholeCharactersTest {
  private final WholeCharacters characters = WholeCharacters.of(answer("text/event-stream", null));

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 40})
  void noPieceEndsWithinACharacter(int longest) throws CharacterCodingException {
    String text = "aé€😀ß漢字\n".repeat(200);
    byte[] bytes = text.getBytes(UTF_8);
    var random = new Random(longest);
    StringBuilder seen = new StringBuilder();
    for (int at = 0; at < bytes.length; ) {
      int length = Math.min(bytes.length - at, 1 + random.nextInt(longest));
      seen.append(strict(characters.next(Unpooled.copiedBuffer(bytes, at, length))));
      at += length;
    }
    seen.append(strict(characters.rest()));
    assertThat(seen).hasToString(text);
  }

  @Test
  void aPieceOfWholeCharactersPassesAsItIs() {
    ByteBuf piece = Unpooled.copiedBuffer("€", UTF_8);
    assertThat(characters.next(piece)).isSameAs(piece);
    assertThat(piece.toString(UTF_8)).isEqualTo("€");
    piece.release();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\u00ff", "\u0080\u0080\u0080\u0080", "a\u00e9b", "\u00c0", "\u00f5", "\u0080"})
  void whatIsNoUtf8Passes(String bytes) {
    assertThat(taken(characters.next(Unpooled.copiedBuffer(bytes, ISO_8859_1)))).isEqualTo(bytes);
    assertThat(taken(characters.rest())).isEmpty();
  }

  @Test
  void atTheEndNothingIsLost() {
    assertThat(taken(characters.next(Unpooled.copiedBuffer("a\u00e2\u0082", ISO_8859_1))))
        .isEqualTo("a");
    assertThat(taken(characters.rest())).isEqualTo("\u00e2\u0082");
    assertThat(taken(characters.rest())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "text/event-stream, , true",
    "text/plain; charset=UTF-8, , true",
    "application/json, identity, true",
    "application/jsonlines, , true",
    "Application/vnd.x+JSON, , true",
    "text/plain; charset=shift_jis, , false",
    "application/json, gzip, false",
    "application/octet-stream, , false",
    "image/png, , false",
    ", , false"
  })
  void isForTextOnly(String type, String encoding, boolean text) {
    assertThat(WholeCharacters.of(answer(type, encoding)) != null).isEqualTo(text);
  }

  private static HttpResponse answer(String type, String encoding) {
    HttpResponse answer = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    if (type != null) {
      answer.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
    }
    if (encoding != null) {
      answer.headers().set(HttpHeaderNames.CONTENT_ENCODING, encoding);
    }
    return answer;
  }

  private static String strict(ByteBuf piece) throws CharacterCodingException {
    ByteBuffer bytes = piece.nioBuffer();
    String text = UTF_8.newDecoder().decode(bytes).toString();
    piece.release();
    return text;
  }

  private static String taken(ByteBuf piece) {
    String text = piece.toString(ISO_8859_1);
    piece.release();
    return text;
  }
}
