package io.sessionrouter.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;
import software.amazon.eventstream.MessageDecoder;

/** The framing, as the AWS SDK's own decoder reads it: it checks both sums. */
class EventStreamTest {
  private static final ByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;
  private final EventStream events = new EventStream();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 7, 100, 2047, 2048, 2049, 5000, 65_536, 1_000_000})
  void aPartIsReadBack(int bytes) {
    byte[] payload = new byte[bytes];
    new Random(bytes).nextBytes(payload);

    Message heap = decoded(events.part(ALLOCATOR, Unpooled.copiedBuffer(payload)));
    Message direct =
        decoded(events.part(ALLOCATOR, Unpooled.directBuffer(bytes + 1).writeBytes(payload)));

    assertThat(heap.getPayload()).isEqualTo(payload);
    assertThat(headers(heap))
        .isEqualTo(
            Map.of(
                ":message-type", "event",
                ":event-type", "PayloadPart",
                ":content-type", "application/octet-stream"));
    assertThat(direct).isEqualTo(heap);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 50_000})
  void aSliceOfALargerBufferIsReadBack(int bytes) {
    byte[] payload = new byte[bytes];
    new Random(1).nextBytes(payload);
    ByteBuf larger = Unpooled.buffer().writeLong(7).writeBytes(payload).writeLong(7);

    Message message = decoded(events.part(ALLOCATOR, larger.readerIndex(8).writerIndex(8 + bytes)));

    assertThat(message.getPayload()).isEqualTo(payload);
  }

  @Test
  void aPayloadInPiecesIsReadBack() {
    ByteBuf pieces =
        ALLOCATOR
            .compositeBuffer()
            .addComponents(
                true,
                Unpooled.wrappedBuffer("a".repeat(3000).getBytes(StandardCharsets.US_ASCII)),
                Unpooled.wrappedBuffer("b".repeat(3000).getBytes(StandardCharsets.US_ASCII)));

    Message message = decoded(events.part(ALLOCATOR, pieces));

    assertThat(new String(message.getPayload(), StandardCharsets.US_ASCII))
        .isEqualTo("a".repeat(3000) + "b".repeat(3000));
  }

  @Test
  void anExceptionIsReadBack() {
    Message message =
        decoded(events.exception(ALLOCATOR, "ModelStreamError", "{\"Message\":\"é\"}"));

    assertThat(headers(message))
        .isEqualTo(
            Map.of(
                ":message-type", "exception",
                ":exception-type", "ModelStreamError",
                ":content-type", "application/json"));
    assertThat(new String(message.getPayload(), StandardCharsets.UTF_8))
        .isEqualTo("{\"Message\":\"é\"}");
  }

  @Test
  void thePayloadIsGivenBack() {
    ByteBuf small = Unpooled.copiedBuffer(new byte[10]);
    ByteBuf large = Unpooled.copiedBuffer(new byte[10_000]);

    events.part(ALLOCATOR, small).release();
    events.part(ALLOCATOR, large).release();

    assertThat(small.refCnt()).isZero();
    assertThat(large.refCnt()).isZero();
  }

  private static Message decoded(ByteBuf framed) {
    MessageDecoder decoder = new MessageDecoder();
    decoder.feed(ByteBufUtil.getBytes(framed));
    framed.release();
    List<Message> messages = decoder.getDecodedMessages();
    assertThat(messages).hasSize(1);
    return messages.getFirst();
  }

  private static Map<String, String> headers(Message message) {
    return message.getHeaders().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> text(e.getValue())));
  }

  private static String text(HeaderValue value) {
    return value.getString();
  }
}
