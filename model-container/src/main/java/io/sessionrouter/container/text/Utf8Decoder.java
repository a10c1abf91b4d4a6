package io.sessionrouter.container.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.LongFunction;

/** Decodes tokens that stand for bytes; a character may be spread over several of them. */
final class Utf8Decoder implements TextDecoder {
  private final LongFunction<byte[]> bytesOf;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private byte[] rest = new byte[0];

  Utf8Decoder(LongFunction<byte[]> bytesOf) {
    this.bytesOf = bytesOf;
  }

  @Override
  public String append(long id) {
    return decode(bytesOf.apply(id), false);
  }

  @Override
  public String finish() {
    return decode(new byte[0], true);
  }

  private String decode(byte[] more, boolean last) {
    ByteBuffer in = ByteBuffer.allocate(rest.length + more.length).put(rest).put(more).flip();
    CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
    decoder.decode(in, out, last);
    rest = new byte[in.remaining()];
    in.get(rest);
    return out.flip().toString();
  }
}
