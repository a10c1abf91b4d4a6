package io.sessionrouter.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.upstream.EventStream;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * An answer on its way to the client: held while what it says of its session is written down, then
 * passed on as it comes, in events if the client asked for a response stream.
 */
final class Relay {
  private final ClientStream client;
  private final @Nullable EventStream events;
  private @Nullable ArrayDeque<ByteBuf> held;
  private @Nullable WholeCharacters characters;
  private boolean begun;
  private boolean complete;
  private long bytes;
  private long heldBytes;

  Relay(ClientStream client, Operation operation) {
    this.client = client;
    this.events = operation.inEvents() ? new EventStream() : null;
  }

  /** Whether the client has seen anything. */
  boolean begun() {
    return begun;
  }

  void hold() {
    held = new ArrayDeque<>(4);
  }

  boolean held() {
    return held != null;
  }

  /** Whether all of the answer is here. */
  boolean complete() {
    return complete;
  }

  /** The client sees the head, and what was held. */
  void begin(AnswerHead head) {
    begun = true;
    // Where the length is known the client sees no pieces.
    characters = head.contentLength() == null ? WholeCharacters.of(head.answer()) : null;
    client.writeHead(head);
    ArrayDeque<ByteBuf> parts = held;
    held = null;
    heldBytes = 0;
    if (parts != null) {
      parts.forEach(this::pass);
      client.flush();
    }
  }

  /** Takes ownership. */
  void add(ByteBuf data) {
    if (held != null) {
      held.add(data);
      heldBytes += data.readableBytes();
    } else {
      pass(data);
    }
  }

  /** Bytes of the answer that went to the client. */
  long bytes() {
    return bytes;
  }

  /** What is held, in bytes. */
  long cost() {
    return heldBytes;
  }

  private void pass(ByteBuf data) {
    write(characters == null ? data : characters.next(data));
  }

  private void write(ByteBuf data) {
    int length = data.readableBytes();
    if (length == 0) {
      data.release();
      return;
    }
    bytes += length;
    client.writeBody(events == null ? data : events.part(ByteBufAllocator.DEFAULT, data));
  }

  /** Nothing follows: what was held back goes to the client, too. */
  void finish() {
    if (characters != null) {
      write(characters.rest());
    }
  }

  void completed() {
    complete = true;
  }

  /** Sends the client as much as can still be sent. */
  void fail(RouterException failure) {
    if (!begun) {
      client.writeError(failure);
      return;
    }
    finish();
    if (events != null) {
      client.writeBody(exception(events, failure));
      client.end();
    } else {
      client.abort();
    }
  }

  private static ByteBuf exception(EventStream events, RouterException failure) {
    return events.exception(
        ByteBufAllocator.DEFAULT,
        failure.kind().streamException(),
        ErrorResponse.streamJson(failure, failure.kind().streamCode()));
  }

  /** Nobody reads the rest. */
  void drop() {
    ArrayDeque<ByteBuf> parts = held;
    held = null;
    heldBytes = 0;
    if (parts != null) {
      parts.forEach(ReferenceCountUtil::release);
    }
  }
}
