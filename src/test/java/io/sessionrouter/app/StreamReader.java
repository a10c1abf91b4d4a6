package io.sessionrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointWithResponseStreamResponse;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointWithResponseStreamResponseHandler;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointWithResponseStreamResponseHandler.Visitor;
import software.amazon.awssdk.services.sagemakerruntime.model.PayloadPart;

/** One response stream as the AWS SDK hands it out. */
final class StreamReader {
  private final Runnable onSomething;
  private final CompletableFuture<InvokeEndpointWithResponseStreamResponse> response =
      new CompletableFuture<>();
  private final List<String> parts = new CopyOnWriteArrayList<>();
  private @Nullable CompletableFuture<Void> end;

  /**
   * @param onSomething is told when the head has come, and each part
   */
  StreamReader(Runnable onSomething) {
    this.onSomething = onSomething;
  }

  InvokeEndpointWithResponseStreamResponseHandler handler() {
    return InvokeEndpointWithResponseStreamResponseHandler.builder()
        .onResponse(this::begun)
        .subscriber(Visitor.builder().onPayloadPart(this::part).build())
        .build();
  }

  void reads(CompletableFuture<Void> stream) {
    end = stream;
  }

  private void begun(InvokeEndpointWithResponseStreamResponse head) {
    response.complete(head);
    onSomething.run();
  }

  private void part(PayloadPart part) {
    parts.add(part.bytes().asUtf8String());
    onSomething.run();
  }

  List<String> parts() {
    return parts;
  }

  InvokeEndpointWithResponseStreamResponse response() {
    assertThat(response).as("the head of the answer").isCompleted();
    return response.join();
  }

  @Nullable String header(String name) {
    return response().sdkHttpResponse().firstMatchingHeader(name).orElse(null);
  }

  /** The SDK's response of this operation has no field for it, but keeps all headers. */
  String newSessionId() {
    String value = header("X-Amzn-SageMaker-New-Session-Id");
    assertThat(value).matches("[0-9a-f-]{36}; Expires=\\S+Z");
    return value.substring(0, value.indexOf(';'));
  }

  void awaitEnd() throws Exception {
    end().get(60, TimeUnit.SECONDS);
  }

  void cancel() {
    end().cancel(true);
  }

  private CompletableFuture<Void> end() {
    assertThat(end).as("the stream").isNotNull();
    return end;
  }
}
