package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.GatewayFixture.ok;
import static io.sessionrouter.gateway.GatewayFixture.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.gateway.RawConnection.Message;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request's target and its headers may name. */
class RequestTargetTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20261121%2Feu-central-1"
            + "%2Fsagemaker%2Faws4_request&X-Amz-Date=20261121T120000Z&X-Amz-Expires=3600"
            + "&X-Amz-SignedHeaders=host&X-Amz-Signature=0123456789abcdef",
        "?x=1",
        "?",
        "?a=/endpoints/other/invocations?b"
      })
  void ignoresAQuery(String query) throws Exception {
    try (var container = RawServer.answering(ok("hi"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("x").replace("/invocations", "/invocations" + query));
      assertThat(client.readResponse().status()).isEqualTo(200);
      assertThat(container.heads().getFirst()).startsWith("POST /invocations HTTP/1.1\r\n");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "X-Amzn-SageMaker-Inference-Component, Inference Component Name header is not allowed for"
        + " endpoints to which you dont plan to deploy inference components. Please remove the"
        + " Inference Component Name header and try again.",
    "X-Amzn-SageMaker-Target-Container-Hostname, Endpoint chat is not a multi-container endpoint"
        + " and does not support target container hostname header."
  })
  void refusesWhatWouldMeanNothing(String header, String message) throws Exception {
    try (var container = RawServer.answering(ok("hi"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("x", header + ": one"));
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.header("x-amzn-errortype")).isEqualTo("ValidationError");
      assertThat(answer.body()).contains(message);
      assertThat(container.heads()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "POST, invocations-bidirectional-stream, InvokeEndpointWithBidirectionalStream",
    "GET, invocations-bidirectional-stream, InvokeEndpointWithBidirectionalStream",
    "POST, async-invocations, InvokeEndpointAsync",
    "GET, async-invocations, InvokeEndpointAsync"
  })
  void namesTheOperationThatIsMissing(String method, String path, String operation)
      throws Exception {
    try (var container = RawServer.answering(ok("hi"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(method + " /endpoints/chat/" + path + " HTTP/1.1\r\nHost: r\r\n\r\n");
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.header("x-amzn-errortype")).isEqualTo("ValidationError");
      assertThat(answer.body()).contains(operation + " is not supported");
    }
  }
}
