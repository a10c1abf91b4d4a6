package io.sessionrouter.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the characters of a UTF-8 text whole: what a piece has of its last one waits for the piece
 * after it. At most three bytes are held back; a piece that ends with a whole character passes as
 * it is.
 */
final class WholeCharacters {
  private static final int MAX_CHARACTER_BYTES = 4;
  private static final int CONTINUATION = 0x80;
  private static final int CONTINUATION_MASK = 0xC0;

  private final byte[] held = new byte[MAX_CHARACTER_BYTES - 1];
  private int length;

  /** For an answer that is text, JSON or an event stream; null for any other. */
  static @Nullable WholeCharacters of(HttpResponse answer) {
    String type = answer.headers().get(HttpHeaderNames.CONTENT_TYPE);
    return type != null
            && isText(type.toLowerCase(Locale.ROOT))
            && !ContainerError.isEncoded(answer)
        ? new WholeCharacters()
        : null;
  }

  private static boolean isText(String type) {
    int parameters = type.indexOf(';');
    String media = parameters < 0 ? type : type.substring(0, parameters);
    return (media.startsWith("text/") || media.contains("json"))
        && (!type.contains("charset=") || type.contains("utf-8") || type.contains("utf8"));
  }

  /**
   * The piece with what was held back before it, without what is held back now; empty if nothing
   * remains. Takes ownership, and gives it.
   */
  ByteBuf next(ByteBuf piece) {
    ByteBuf whole = length == 0 ? piece : joined(piece);
    int begun = begun(whole);
    if (begun > 0) {
      int end = whole.writerIndex() - begun;
      whole.getBytes(end, held, 0, begun);
      length = begun;
      whole.writerIndex(end);
    }
    return whole;
  }

  private ByteBuf joined(ByteBuf piece) {
    int all = length + piece.readableBytes();
    ByteBuf whole =
        ByteBufAllocator.DEFAULT.ioBuffer(all).writeBytes(held, 0, length).writeBytes(piece);
    piece.release();
    length = 0;
    return whole;
  }

  /** What is held back still, at the end of a text that ends within a character. */
  ByteBuf rest() {
    int last = length;
    length = 0;
    return last == 0 ? Unpooled.EMPTY_BUFFER : Unpooled.copiedBuffer(held, 0, last);
  }

  /** How many bytes at the end begin a character and do not complete it. */
  private static int begun(ByteBuf text) {
    int most = Math.min(MAX_CHARACTER_BYTES - 1, text.readableBytes());
    for (int back = 1; back <= most; back++) {
      int one = text.getByte(text.writerIndex() - back) & 0xFF;
      if ((one & CONTINUATION_MASK) != CONTINUATION) {
        return bytes(one) > back ? back : 0;
      }
    }
    return 0;
  }

  /** Of a character, as its first byte says; 1 if no character begins so. */
  private static int bytes(int first) {
    if (first < 0xC2 || first > 0xF4) {
      return 1;
    }
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : MAX_CHARACTER_BYTES;
  }
}
