package io.sessionrouter.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponse;

/** Who waits for what an instance answers; called on the connection's event loop only. */
public interface ResponseHandler {

  /** The head of the final response; informational ones are not shown. */
  void onHead(HttpResponse head);

  /** A piece of the body, never empty, which the callee owns. */
  void onContent(ByteBuf data);

  /** The body is complete; the connection has taken leave of this answer before the call. */
  void onEnd();

  /** All that one network read brought has been handed over: the time to flush. */
  void onReadComplete();

  /** The instance takes body bytes again. */
  void onWritable();

  /** The connection is gone before the answer's end; nothing will be called after this. */
  void onBroken(Break why);

  /** Why a connection is of no use any more. */
  enum Break {
    /** Closed or reset by the instance. */
    CLOSED("The model container closed the connection before its answer was complete."),
    /** The same before any answer, on a connection that had been idle. */
    CLOSED_IDLE(CLOSED.text),
    /** What came was not HTTP. */
    NOT_HTTP("The model container's answer is not valid HTTP.");

    private final String text;

    Break(String text) {
      this.text = text;
    }

    /** What a client may read of it. */
    public String text() {
      return text;
    }
  }
}
