package io.sessionrouter.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.sessionrouter.domain.RouterException;

/**
 * Makes requests of a connection's bytes, one step at a time, so that whoever takes them can stop
 * at any head and leave the rest as bytes.
 *
 * <p>What one network read brought of a body in small chunks goes on in one piece: a chunk of one
 * byte costs its client six bytes, and must not cost the router an object.
 */
final class RequestDecoder {
  /** Moving so much together costs less than handing on another piece. */
  private static final int COPY_BELOW_BYTES = 4 * 1024;

  private static final int NO_PIECE = -1;

  /** CR LF. */
  private static final short LINE_END = 0x0d0a;

  private final HeadParser parser;
  private final HeadParser.Progress progress = new HeadParser.Progress();
  private State state = State.HEAD;
  private boolean lineSkipped;
  private long left;
  private int pieceStart;
  private int pieceLength;

  private enum State {
    HEAD,
    SIZED,
    CHUNK_LINE,
    CHUNK_DATA,
    CHUNK_END,
    TRAILERS,
    MALFORMED
  }

  /** Who takes requests. */
  interface Sink {

    /**
     * The begin of a request.
     *
     * @param length of the head in bytes
     * @param lines of the head
     */
    void onHead(HttpRequest head, int length, int lines);

    /** A piece of its body, which the callee owns. */
    void onBody(ByteBuf data, boolean last);

    /** Nothing that follows can be trusted. */
    void onMalformed(RouterException fault);
  }

  RequestDecoder(HeadParser parser) {
    this.parser = parser;
  }

  /**
   * Takes what comes next.
   *
   * @return whether something was taken; if not, more has to come first
   */
  boolean step(ByteBuf in, Sink sink) {
    try {
      return switch (state) {
        case HEAD -> head(in, sink);
        case SIZED -> sized(in, sink);
        case CHUNK_LINE, CHUNK_DATA, CHUNK_END, TRAILERS -> chunked(in, sink);
        case MALFORMED -> {
          in.skipBytes(in.readableBytes());
          yield false;
        }
      };
    } catch (RouterException fault) {
      state = State.MALFORMED;
      in.skipBytes(in.readableBytes());
      sink.onMalformed(fault);
      return false;
    }
  }

  private boolean head(ByteBuf in, Sink sink) {
    if (progress.lines() == 0 && !began(in)) {
      return false;
    }
    int length = HeadParser.length(in, progress, true);
    if (length < 0) {
      return false;
    }
    HttpRequest head = parser.head(in, length);
    RouterException fault = Framing.fault(head);
    if (fault != null) {
      throw fault;
    }
    int lines = progress.lines();
    progress.reset();
    lineSkipped = false;
    boolean chunked = HttpUtil.isTransferEncodingChunked(head);
    left = chunked ? 0 : HttpUtil.getContentLength(head, 0L);
    state = chunked ? State.CHUNK_LINE : left > 0 ? State.SIZED : State.HEAD;
    sink.onHead(head, length, lines);
    if (state == State.HEAD) {
      sink.onBody(Unpooled.EMPTY_BUFFER, true);
    }
    return true;
  }

  /** One empty line may come first; what cannot be a request is not waited for. */
  private boolean began(ByteBuf in) {
    byte first = in.getByte(in.readerIndex());
    if (first == '\r' && !lineSkipped) {
      if (in.readableBytes() < 2) {
        return false;
      }
      if (in.getByte(in.readerIndex() + 1) == '\n') {
        in.skipBytes(2);
        lineSkipped = true;
        return in.isReadable() && began(in);
      }
    }
    if (!Grammar.token(first)) {
      throw Framing.malformed("METHOD TARGET HTTP/1.1");
    }
    return true;
  }

  private boolean sized(ByteBuf in, Sink sink) {
    int length = (int) Math.min(in.readableBytes(), left);
    if (length == 0) {
      return false;
    }
    left -= length;
    ended(left == 0);
    sink.onBody(in.readRetainedSlice(length), left == 0);
    return true;
  }

  private void ended(boolean whole) {
    if (whole) {
      state = State.HEAD;
    }
  }

  /** As many chunks as can go on in one piece. */
  private boolean chunked(ByteBuf in, Sink sink) {
    int before = in.readerIndex();
    pieceStart = NO_PIECE;
    pieceLength = 0;
    RouterException fault = null;
    try {
      while (in.isReadable() && chunk(in)) {
        // Each chunk moves the reader on.
      }
    } catch (RouterException broken) {
      fault = broken;
    }
    boolean last = state == State.HEAD;
    if (pieceLength > 0) {
      sink.onBody(in.retainedSlice(pieceStart, pieceLength), last);
    } else if (last) {
      sink.onBody(Unpooled.EMPTY_BUFFER, true);
    }
    if (fault != null) {
      throw fault;
    }
    return in.readerIndex() != before;
  }

  /**
   * @return whether it may go on
   */
  private boolean chunk(ByteBuf in) {
    return switch (state) {
      case CHUNK_LINE -> line(in);
      case CHUNK_DATA -> data(in);
      case CHUNK_END -> end(in);
      case TRAILERS -> trailers(in);
      case HEAD, SIZED, MALFORMED -> false;
    };
  }

  private boolean line(ByteBuf in) {
    long size = ChunkLine.take(in, parser.scratch());
    if (size < 0) {
      return false;
    }
    left = size;
    state = size == 0 ? State.TRAILERS : State.CHUNK_DATA;
    return true;
  }

  private boolean data(ByteBuf in) {
    int length = (int) Math.min(in.readableBytes(), left);
    int start = in.readerIndex();
    if (pieceStart == NO_PIECE) {
      pieceStart = start;
    } else if (length <= COPY_BELOW_BYTES) {
      in.setBytes(pieceStart + pieceLength, in, start, length);
    } else {
      return false;
    }
    pieceLength += length;
    in.skipBytes(length);
    left -= length;
    if (left == 0) {
      state = State.CHUNK_END;
    }
    return true;
  }

  private boolean end(ByteBuf in) {
    if (in.readableBytes() < 2) {
      return false;
    }
    if (in.readShort() != LINE_END) {
      throw Framing.malformed("CR LF behind a chunk");
    }
    state = State.CHUNK_LINE;
    return true;
  }

  private boolean trailers(ByteBuf in) {
    int length = HeadParser.length(in, progress, false);
    if (length < 0) {
      return false;
    }
    parser.trailers(in, length);
    progress.reset();
    state = State.HEAD;
    return true;
  }
}
