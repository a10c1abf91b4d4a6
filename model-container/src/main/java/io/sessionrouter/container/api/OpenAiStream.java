package io.sessionrouter.container.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.generation.Completion;
import io.sessionrouter.container.generation.Token;
import io.vertx.core.buffer.Buffer;

/** One streamed reply in OpenAI's form: a chunk for each token, in server-sent events. */
final class OpenAiStream implements TokenFormat {
  private final OpenAiReply reply;
  private final boolean withUsage;
  private boolean begun;

  /**
   * @param withUsage whether a chunk with the usage comes at the end
   */
  OpenAiStream(OpenAiReply reply, boolean withUsage) {
    this.reply = reply;
    this.withUsage = withUsage;
  }

  @Override
  public String contentType() {
    return "text/event-stream";
  }

  @Override
  public boolean hasLogprobs() {
    return false;
  }

  @Override
  public Buffer token(Token token, ReplyText text) {
    Buffer events = Buffer.buffer();
    if (!begun && reply.kind() == OpenAiReply.Kind.CHAT) {
      append(reply.opening(), events);
    }
    begun = true;
    Completion end = token.end();
    if (end == null || !token.text().isEmpty()) {
      append(reply.piece(token.text()), events);
    }
    if (end != null) {
      append(reply.closing(end), events);
      if (withUsage) {
        framed(reply.account(end), events);
      }
      events.appendString("data: [DONE]\n\n");
    }
    return events;
  }

  @Override
  public Buffer error(FaultException failure) {
    Buffer event = Buffer.buffer();
    framed(OpenAiErrors.body(failure), event);
    return event;
  }

  private void append(ObjectNode chunk, Buffer events) {
    if (withUsage) {
      chunk.putNull("usage");
    }
    framed(chunk, events);
  }

  private static void framed(ObjectNode data, Buffer events) {
    events.appendString("data: ").appendString(data.toString()).appendString("\n\n");
  }
}
