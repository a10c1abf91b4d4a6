package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.Rig.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.gateway.RawConnection.Message;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests that two parties could read in two ways are refused, the connection is closed, and no
 * container sees a byte.
 */
class StrictnessTest {
  private static final String LINE = "POST /endpoints/chat/invocations HTTP/1.1\r\n";
  private static final String HOST = "Host: r\r\n";
  private static final String SMUGGLED =
      "POST /endpoints/chat/invocations HTTP/1.1\r\nHost: r\r\nContent-Length: 0\r\n\r\n";
  private static final String BIDIRECTIONAL =
      " /endpoints/chat/invocations-bidirectional-stream HTTP/1.1\r\n" + HOST;
  private static RawServer container;
  private static Rig rig;

  @BeforeAll
  static void start() throws Exception {
    container = RawServer.answering(ok("must not be seen"));
    rig = Rig.over(container);
  }

  @AfterAll
  static void stop() throws Exception {
    rig.close();
    container.close();
  }

  private static Arguments refused(String name, String request) {
    return Arguments.of(name, 400, request);
  }

  static Stream<Arguments> smuggling() {
    return Stream.of(
        refused(
            "CL and TE",
            LINE
                + HOST
                + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                + SMUGGLED),
        refused(
            "TE and CL",
            LINE
                + HOST
                + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"
                + SMUGGLED),
        refused(
            "two CL", LINE + HOST + "Content-Length: 0\r\nContent-Length: 40\r\n\r\n" + SMUGGLED),
        refused("equal CL twice", LINE + HOST + "Content-Length: 0\r\nContent-Length: 0\r\n\r\n"),
        refused("CL list", LINE + HOST + "Content-Length: 0, 40\r\n\r\n" + SMUGGLED),
        refused("CL plus sign", LINE + HOST + "Content-Length: +0\r\n\r\n" + SMUGGLED),
        refused("CL minus", LINE + HOST + "Content-Length: -1\r\n\r\n" + SMUGGLED),
        refused("CL hex", LINE + HOST + "Content-Length: 0x10\r\n\r\n" + SMUGGLED),
        refused("CL empty", LINE + HOST + "Content-Length:\r\n\r\n" + SMUGGLED),
        refused("CL words", LINE + HOST + "Content-Length: five\r\n\r\n"),
        refused("CL overflow", LINE + HOST + "Content-Length: 99999999999999999999\r\n\r\n"),
        refused("CL inner space", LINE + HOST + "Content-Length: 1 0\r\n\r\n"),
        refused("TE identity", LINE + HOST + "Transfer-Encoding: identity\r\n\r\n" + SMUGGLED),
        refused("TE gzip", LINE + HOST + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        refused(
            "TE chunked, gzip", LINE + HOST + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"),
        refused(
            "TE twice",
            LINE
                + HOST
                + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        refused(
            "TE twice, other",
            LINE + HOST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n"),
        refused("TE xchunked", LINE + HOST + "Transfer-Encoding: xchunked\r\n\r\n" + SMUGGLED),
        refused(
            "TE vertical tab", LINE + HOST + "Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n"),
        refused("TE quoted", LINE + HOST + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"),
        refused("space before colon", LINE + HOST + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
        refused("space before colon of CL", LINE + HOST + "Content-Length : 5\r\n\r\nhello"),
        refused("space before a header", LINE + " Transfer-Encoding: chunked\r\n" + HOST + "\r\n"),
        refused(
            "TE in old HTTP",
            LINE.replace("1.1", "1.0") + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        refused("bare LF after a header", LINE + "Host: r\nContent-Length: 0\r\n\r\n"),
        refused("bare LF after the line", LINE.replace("\r", "") + HOST + "\r\n"),
        refused("bare CR in a value", LINE + HOST + "X: a\rContent-Length: 5\r\n\r\n"),
        refused("NUL in a value", LINE + HOST + "X: a\u0000b\r\n\r\n"),
        refused("NUL in a name", LINE + HOST + "X\u0000: a\r\n\r\n"),
        refused("CR in a name", LINE + HOST + "X\rY: a\r\n\r\n"),
        refused("no name", LINE + HOST + ": a\r\n\r\n"),
        refused("no colon", LINE + HOST + "nonsense\r\n\r\n"),
        refused("name in brackets", LINE + HOST + "Content-Length(x): 5\r\n\r\n"),
        refused("no host", LINE + "Content-Length: 0\r\n\r\n"),
        refused("two hosts", LINE + HOST + HOST + "\r\n"),
        refused("HTTP/2.0", LINE.replace("1.1", "2.0") + HOST + "\r\n"),
        refused("HTTP/0.9", LINE.replace("1.1", "0.9") + HOST + "\r\n"),
        refused("no version", "POST /endpoints/chat/invocations\r\n" + HOST + "\r\n"),
        refused("version nonsense", LINE.replace("HTTP/1.1", "HTPT/1.1") + HOST + "\r\n"),
        refused(
            "TLS hello",
            "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n"),
        refused(
            "two session ids",
            LINE
                + HOST
                + "X-Amzn-SageMaker-Session-Id: a\r\nX-Amzn-SageMaker-Session-Id: b\r\n\r\n"),
        Arguments.of(
            "long line", 431, "POST /" + "x".repeat(9000) + " HTTP/1.1\r\n" + HOST + "\r\n"),
        Arguments.of(
            "large head",
            431,
            LINE + HOST + ("X-Y: " + "x".repeat(4000) + "\r\n").repeat(9) + "\r\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("smuggling")
  void refuses(String name, int status, String request) throws Exception {
    int seen = container.heads().size();
    try (var client = rig.connect()) {
      client.write(request);
      Message answer = client.readResponse();
      assertThat(answer.status()).as(answer.body()).isEqualTo(status);
      assertThat(answer.header("x-amzn-errortype")).isEqualTo("ValidationError");
      if (!name.equals("two session ids")) {
        assertThat(answer.header("connection")).isEqualTo("close");
        assertThat(client.read()).as("nothing after the refusal").isEqualTo(-1);
      }
    }
    assertThat(container.heads()).hasSize(seen);
  }

  static Stream<Arguments> brokenChunks() {
    return Stream.of(
        Arguments.of("no hex", "zz\r\nhello\r\n0\r\n\r\n"),
        Arguments.of("negative", "-1\r\nhello\r\n0\r\n\r\n"),
        Arguments.of("overflow", "fffffffff\r\nhello\r\n0\r\n\r\n"),
        Arguments.of("0x prefix", "0x5\r\nhello\r\n0\r\n\r\n"),
        Arguments.of("empty size", "\r\nhello\r\n0\r\n\r\n"),
        Arguments.of("data longer than its size", "2\r\nhello\r\n0\r\n\r\n"),
        Arguments.of("bare LF after the size", "5\nhello\r\n0\r\n\r\n"),
        Arguments.of("bare LF in an extension", "5;a\nb\r\nhello\r\n0\r\n\r\n"),
        Arguments.of("bare LF after the data", "5\r\nhello\n0\r\n\r\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenChunks")
  void refusesBrokenChunks(String name, String chunks) throws Exception {
    try (var client = rig.connect()) {
      client.write(LINE + HOST + "Transfer-Encoding: chunked\r\n\r\n" + chunks + SMUGGLED);
      Message answer = client.readResponse();
      assertThat(answer.status()).as(answer.body()).isEqualTo(400);
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(client.read()).as("nothing after the refusal").isEqualTo(-1);
    }
  }

  static Stream<Arguments> unwelcome() {
    String session = "X-Amzn-SageMaker-Session-Id: ";
    return Stream.of(
        Arguments.of(404, "UnknownOperationException", "POST / HTTP/1.1\r\n" + HOST),
        Arguments.of(404, "UnknownOperationException", "POST /endpoints/chat HTTP/1.1\r\n" + HOST),
        Arguments.of(
            404,
            "UnknownOperationException",
            "POST /endpoints/chat/invocations/x HTTP/1.1\r\n" + HOST),
        Arguments.of(
            404,
            "UnknownOperationException",
            "POST /?/endpoints/chat/invocations HTTP/1.1\r\n" + HOST),
        Arguments.of(
            404,
            "UnknownOperationException",
            "POST http://r?/endpoints/chat/invocations HTTP/1.1\r\n" + HOST),
        Arguments.of(
            405,
            "UnknownOperationException",
            "GET /endpoints/chat/invocations?x=1 HTTP/1.1\r\n" + HOST),
        Arguments.of(404, "UnknownOperationException", "POST * HTTP/1.1\r\n" + HOST),
        Arguments.of(404, "UnknownOperationException", "CONNECT r:80 HTTP/1.1\r\n" + HOST),
        Arguments.of(
            405,
            "UnknownOperationException",
            "GET /endpoints/chat/invocations HTTP/1.1\r\n" + HOST),
        Arguments.of(
            405,
            "UnknownOperationException",
            "post /endpoints/chat/invocations HTTP/1.1\r\n" + HOST),
        Arguments.of(
            400, "ValidationError", "POST /endpoints/nobody/invocations HTTP/1.1\r\n" + HOST),
        Arguments.of(400, "ValidationError", "POST /endpoints//invocations HTTP/1.1\r\n" + HOST),
        Arguments.of(
            400, "ValidationError", "POST /endpoints/ch%61t/invocations HTTP/1.1\r\n" + HOST),
        Arguments.of(400, "ValidationError", "POST /endpoints/../invocations HTTP/1.1\r\n" + HOST),
        Arguments.of(
            400,
            "ValidationError",
            "POST /endpoints/" + "x".repeat(64) + "/invocations HTTP/1.1\r\n" + HOST),
        Arguments.of(
            400, "ValidationError", "POST /endpoints/chat/async-invocations HTTP/1.1\r\n" + HOST),
        Arguments.of(400, "ValidationError", "POST" + BIDIRECTIONAL),
        Arguments.of(400, "ValidationError", "GET" + BIDIRECTIONAL + "Upgrade: websocket\r\n"),
        Arguments.of(413, "ValidationError", LINE + HOST + "Content-Length: 25000001\r\n"),
        Arguments.of(400, "ValidationError", LINE + HOST + session + "a_b\r\n"),
        Arguments.of(400, "ValidationError", LINE + HOST + session + "-a\r\n"),
        Arguments.of(400, "ValidationError", LINE + HOST + session + "a-\r\n"),
        Arguments.of(400, "ValidationError", LINE + HOST + session + "a:b\r\n"),
        Arguments.of(400, "ValidationError", LINE + HOST + session + "\r\n"),
        Arguments.of(400, "ValidationError", LINE + HOST + session + "x".repeat(257) + "\r\n"),
        Arguments.of(400, "ValidationError", LINE + HOST + session + "nobody\r\n"),
        Arguments.of(
            400, "ValidationError", LINE + HOST + "Content-Type: " + "x".repeat(1025) + "\r\n"),
        Arguments.of(
            400, "ValidationError", LINE + HOST + "X-Amzn-SageMaker-Custom-Attributes: \u00e9\r\n"),
        Arguments.of(
            400, "ValidationError", LINE + HOST + "X-Amzn-SageMaker-Target-Variant: c\r\n"),
        Arguments.of(400, "ValidationError", LINE + HOST + "X-Amzn-SageMaker-Target-Model: m\r\n"),
        Arguments.of(
            400,
            "ValidationError",
            LINE + HOST + "X-Amzn-SageMaker-Inference-Id: " + "x".repeat(65) + "\r\n"));
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("unwelcome")
  void answersWithATypedError(int status, String code, String head) throws Exception {
    int seen = container.heads().size();
    try (var client = rig.connect()) {
      client.write(head + "\r\n");
      Message answer = client.readResponse();
      assertThat(answer.status()).as(answer.body()).isEqualTo(status);
      assertThat(answer.header("x-amzn-errortype")).isEqualTo(code);
      assertThat(answer.body()).contains("\"code\":\"" + code + "\"", "\"Message\":\"");
      assertThat(answer.header("x-amzn-RequestId")).isNotEmpty();
    }
    assertThat(container.heads()).hasSize(seen);
  }
}
