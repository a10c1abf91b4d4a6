package io.sessionrouter.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.sessionrouter.domain.RouterException;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one exchange, whatever version of HTTP it speaks. Used on its event loop
 * only.
 */
public interface ClientStream {

  EventLoop loop();

  /** Lets a client that asked first send its body. */
  void writeContinue();

  /** Begins the response; how it is framed and whether the connection stays is decided here. */
  void writeHead(ResponseHead head);

  /** A piece of the response's body, owned from now on. */
  void writeBody(ByteBuf data);

  /** The response is complete. */
  void end();

  /** The whole response, if none was begun. */
  void writeError(RouterException failure);

  void flush();

  /** False while the client does not keep up with the response. */
  boolean writable();

  /** Stops reading the request's body; what was read already still comes. */
  void pauseBody();

  void resumeBody();

  /** Something of the request was passed on. */
  void progressed();

  /** Breaks a response that cannot be completed, so that the client notices. */
  void abort();

  /** What is waited for from now on, and for how long. */
  void await(Phase phase, long nanos);

  /** A number that all connections of one client have in common. */
  long origin();

  /** Of the certificate that the client showed, verified; null if it showed none. */
  @Nullable X500Principal subject();

  /** Names the request in the response and in the log. */
  CharSequence requestId();

  /** What a stream waits for. */
  enum Phase {
    /** Nothing that could time out here. */
    NONE,
    /** The client's next request. */
    IDLE,
    /** The rest of a request's head. */
    HEAD,
    /** More of a request's body. */
    BODY,
    /** The request's model to be loaded. */
    LOAD,
    /** The instance's first byte. */
    FIRST_BYTE,
    /** The end of the response. */
    STREAM,
    /** The client to stop sending what nobody reads. */
    LINGER
  }
}
