package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.GatewayFixture.ok;
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
  private static GatewayFixture rig;

  @BeforeAll
  static void start() throws Exception {
    container = RawServer.answering(ok("must not be seen"));
    rig = GatewayFixture.over(container);
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
        refused("fold", LINE + HOST + "X: a\r\n b\r\n\r\n"),
        refused("fold after Host", LINE + "Host: x\r\n Content-Length: 2\r\n\r\n{}"),
        refused("fold by TAB", LINE + HOST + "X: a\r\n\tb\r\n\r\n"),
        refused("fold of nothing", LINE + HOST + "X: a\r\n \r\n\r\n"),
        refused("host with a space", LINE + "Host: a b\r\n\r\n"),
        refused("host with markup", LINE + "Host: \"><script>\r\n\r\n"),
        refused("host empty", LINE + "Host:\r\n\r\n"),
        refused("host of blanks", LINE + "Host: \t \r\n\r\n"),
        refused("host with a path", LINE + "Host: r/x\r\n\r\n"),
        refused("host with a user", LINE + "Host: u@r\r\n\r\n"),
        refused("host list", LINE + "Host: r s\r\n\r\n"),
        refused("host with half an escape", LINE + "Host: r%4\r\n\r\n"),
        refused("host beyond ASCII", LINE + "Host: r\u00e9\r\n\r\n"),
        refused("port of letters", LINE + "Host: r:http\r\n\r\n"),
        refused("two ports", LINE + "Host: r:1:2\r\n\r\n"),
        refused("port alone", LINE + "Host: :80\r\n\r\n"),
        refused("IPv6 without its end", LINE + "Host: [::1\r\n\r\n"),
        refused("IPv6 without brackets", LINE + "Host: ::1\r\n\r\n"),
        refused("no IPv6", LINE + "Host: [x]\r\n\r\n"),
        refused("bad host in old HTTP", LINE.replace("1.1", "1.0") + "Host: a b\r\n\r\n"),
        refused("bare CR in the line", LINE.replace("POST ", "POST\r") + HOST + "\r\n"),
        refused("CR before the line's end", LINE.replace("\r\n", "\r\r\n") + HOST + "\r\n"),
        refused("vertical tab in the line", LINE.replace("POST ", "POST\u000b") + HOST + "\r\n"),
        refused("form feed in the line", LINE.replace(" HTTP", "\fHTTP") + HOST + "\r\n"),
        refused("TAB in the line", LINE.replace("POST ", "POST\t") + HOST + "\r\n"),
        refused("two spaces in the line", LINE.replace("POST ", "POST  ") + HOST + "\r\n"),
        refused("two spaces at the version", LINE.replace(" HTTP", "  HTTP") + HOST + "\r\n"),
        refused("space before the line", " " + LINE + HOST + "\r\n"),
        refused("space after the line", LINE.replace("\r\n", " \r\n") + HOST + "\r\n"),
        refused("two empty lines before", "\r\n\r\n" + LINE + HOST + "\r\n"),
        refused("bare LF before the line", "\n" + LINE + HOST + "\r\n"),
        refused("version in small letters", LINE.replace("HTTP", "http") + HOST + "\r\n"),
        refused("HTTP/1.2", LINE.replace("1.1", "1.2") + HOST + "\r\n"),
        refused("HTTP/1.10", LINE.replace("1.1", "1.10") + HOST + "\r\n"),
        refused("HTTP/01.1", LINE.replace("1.1", "01.1") + HOST + "\r\n"),
        refused("four words", LINE.replace("POST ", "POST x ") + HOST + "\r\n"),
        refused("path without its slash", LINE.replace(" /end", " end") + HOST + "\r\n"),
        refused("quote before the path", LINE.replace(" /end", " 'end") + HOST + "\r\n"),
        refused("digit before the path", LINE.replace(" /end", " 1/end") + HOST + "\r\n"),
        refused("another scheme", LINE.replace(" /end", " ftp://r/end") + HOST + "\r\n"),
        refused("fragment", LINE.replace("invocations", "invocations#x") + HOST + "\r\n"),
        refused("target beyond ASCII", LINE.replace("chat", "ch\u00e4t") + HOST + "\r\n"),
        refused("NUL in the target", LINE.replace("chat", "ch\u0000t") + HOST + "\r\n"),
        refused("method in brackets", LINE.replace("POST", "PO(ST") + HOST + "\r\n"),
        refused("DEL in a value", LINE + HOST + "X: a\u007fb\r\n\r\n"),
        refused("space in a name", LINE + HOST + "X Y: a\r\n\r\n"),
        refused("name beyond ASCII", LINE + HOST + "X\u00e9: a\r\n\r\n"),
        refused("CR in the empty line", LINE + HOST + "\r\r\n"),
        refused(
            "two session ids",
            LINE
                + HOST
                + "X-Amzn-SageMaker-Session-Id: a\r\nX-Amzn-SageMaker-Session-Id: b\r\n\r\n"),
        Arguments.of(
            "long line", 431, "POST /" + "x".repeat(9000) + " HTTP/1.1\r\n" + HOST + "\r\n"),
        Arguments.of("many lines", 431, LINE + HOST + "X:\r\n".repeat(99) + "\r\n"),
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
        Arguments.of("junk after CR", "2\rjunk\r\nhi\r\n0\r\n\r\n"),
        Arguments.of("NUL after the size", "2\u0000junk\r\nhi\r\n0\r\n\r\n"),
        Arguments.of("two CR", "0\r\r\n\r\n"),
        Arguments.of("form feed", "0\f\r\n\r\n"),
        Arguments.of("space before the size", " a\r\n0123456789\r\n0\r\n\r\n"),
        Arguments.of("space and junk", "2 x\r\nhi\r\n0\r\n\r\n"),
        Arguments.of("space after the size", "2 \r\nhi\r\n0\r\n\r\n"),
        Arguments.of("a request in the last line", "0\r" + SMUGGLED),
        Arguments.of("plus sign", "+2\r\nhi\r\n0\r\n\r\n"),
        Arguments.of("underscore", "1_0\r\nhi\r\n0\r\n\r\n"),
        Arguments.of("extension without a name", "2;\r\nhi\r\n0\r\n\r\n"),
        Arguments.of("extension without a value", "2;a=\r\nhi\r\n0\r\n\r\n"),
        Arguments.of("extension with a space", "2;a b\r\nhi\r\n0\r\n\r\n"),
        Arguments.of("quote without an end", "2;a=\"b\r\nhi\r\n0\r\n\r\n"),
        Arguments.of("bare CR in a quote", "2;a=\"\r\"\r\nhi\r\n0\r\n\r\n"),
        Arguments.of("folded trailer", "0\r\nX: a\r\n b\r\n\r\n"),
        Arguments.of("trailer without a colon", "0\r\nnonsense\r\n\r\n"),
        Arguments.of("bare LF in a trailer", "0\r\nX: a\n\r\n"),
        Arguments.of("bare LF after the last chunk", "0\r\n\n"),
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

  static Stream<Arguments> plain() {
    String chunked = LINE + HOST + "Transfer-Encoding: chunked\r\n\r\n";
    return Stream.of(
        Arguments.of("host with a port", LINE + "Host: r:8080\r\n\r\n"),
        Arguments.of("IPv6", LINE + "Host: [::1]:80\r\n\r\n"),
        Arguments.of("escaped host", LINE + "Host: r%41\r\n\r\n"),
        Arguments.of("one empty line before", "\r\n" + LINE + HOST + "\r\n"),
        Arguments.of("no host in old HTTP", LINE.replace("1.1", "1.0") + "\r\n"),
        Arguments.of("values beyond ASCII", LINE + HOST + "X: \u00e9\tx \r\n\r\n"),
        Arguments.of("empty value", LINE + HOST + "X:\r\nY: \r\n\r\n"),
        Arguments.of("no blank after a colon", LINE + "Host:r\r\n\r\n"),
        Arguments.of("zeros before a length", LINE + HOST + "Content-Length: 0002\r\n\r\nhi"),
        Arguments.of("chunks", chunked + "2\r\nhi\r\n00\r\n\r\n"),
        Arguments.of("extensions", chunked + "2;a=b;c ; d=\"e\\\";\"\r\nhi\r\n0;x\r\n\r\n"),
        Arguments.of("zeros before a size", chunked + "0000000000002\r\nhi\r\n0\r\n\r\n"),
        Arguments.of("trailers", chunked + "2\r\nhi\r\n0\r\nX: a\r\nY:\r\n\r\n"),
        Arguments.of(
            "chunked in capitals", chunked.replace(": chunked", ": CHUNKED") + "0\r\n\r\n"),
        Arguments.of("many lines", LINE + HOST + "X:\r\n".repeat(98) + "\r\n"));
  }

  /** And whatever the network makes of it. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("plain")
  void servesWhatIsPlain(String name, String request) throws Exception {
    try (var whole = rig.connect();
        var pieces = rig.connect()) {
      whole.write(request);
      assertThat(whole.readResponse().status()).isEqualTo(200);
      for (int i = 0; i < request.length(); i++) {
        pieces.write(request.substring(i, i + 1));
      }
      assertThat(pieces.readResponse().status()).isEqualTo(200);
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
