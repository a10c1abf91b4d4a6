package io.sessionrouter.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The header policy: what a container gets to see. */
class ContainerRequestTest {

  private static HttpHeaders client(String name, String value) {
    return DefaultHttpHeadersFactory.headersFactory()
        .withValidation(false)
        .newHeaders()
        .add(name, value);
  }

  @ParameterizedTest
  @EnumSource
  void handsAllowedHeadersOnInAnyCase(RequestHeader header) {
    for (String name :
        new String[] {
          header.headerName().toString(),
          header.headerName().toString().toLowerCase(Locale.ROOT),
          header.headerName().toString().toUpperCase(Locale.ROOT)
        }) {
      ContainerRequest request = ContainerRequest.from(client(name, "value"), false);
      assertThat(request.value(header)).isEqualTo("value");
      assertThat(written(request))
          .isEqualTo(
              header == RequestHeader.STREAM_ACCEPT ? "" : header.headerName() + ": value\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization",
        "X-Amz-Date",
        "X-Amz-Security-Token",
        "X-Amz-Content-Sha256",
        "Cookie",
        "Host",
        "Connection",
        "Content-Length",
        "Transfer-Encoding",
        "Expect",
        "Upgrade",
        "TE",
        "Trailer",
        "Forwarded",
        "X-Forwarded-For",
        "Proxy-Authorization",
        "User-Agent",
        "amz-sdk-invocation-id",
        "X-Amzn-SageMaker-Session-Idx",
        "X-Amzn-SageMaker-Session-I",
        "X-Amzn-SageMaker-New-Session-Id",
        "X-Session-Router-Boot-Id",
        "X-Session-Router-Session",
        "a",
        "Accept-Encoding"
      })
  void keepsEverythingElse(String name) {
    assertThat(written(ContainerRequest.from(client(name, "value"), false))).isEmpty();
  }

  @Test
  void ignoresNamesLongerThanAnyItKnows() {
    assertThat(written(ContainerRequest.from(client("x".repeat(5000), "value"), false))).isEmpty();
  }

  /** There {@code Accept} speaks of the envelope, which is the router's own. */
  @Test
  void acceptsForAResponseStreamWhatIsAskedOfTheContainer() {
    HttpHeaders both = client("Accept", "application/vnd.amazon.eventstream");
    both.add("X-Amzn-SageMaker-Accept", "text/event-stream");

    assertThat(written(ContainerRequest.from(both, true)))
        .isEqualTo("accept: text/event-stream\r\n");
  }

  @Test
  void writesHowTheBodyIsFramed() {
    ContainerRequest request = ContainerRequest.from(client("Accept", "a"), false);

    assertThat(written(request, 5)).isEqualTo("accept: a\r\ncontent-length: 5\r\n\r\n");
    assertThat(written(request, -1)).isEqualTo("accept: a\r\ntransfer-encoding: chunked\r\n\r\n");
  }

  private static String written(ContainerRequest request) {
    return written(request, 0).replace("content-length: 0\r\n\r\n", "");
  }

  private static String written(ContainerRequest request, long contentLength) {
    var channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    var out = new HttpOutput(channel.pipeline().firstContext());
    request.writeTo(out, contentLength);
    out.flush();
    ByteBuf sent = channel.readOutbound();
    try {
      return sent.toString(StandardCharsets.US_ASCII);
    } finally {
      sent.release();
    }
  }

  @Test
  void joinsTheLinesOfAList() {
    HttpHeaders accept = client("Accept", "text/csv").add("accept", "application/json;q=0.5");
    assertThat(written(ContainerRequest.from(accept, false)))
        .isEqualTo("accept: text/csv, application/json;q=0.5\r\n");

    HttpHeaders stream =
        client("X-Amzn-SageMaker-Accept", "a/b").add("X-Amzn-SageMaker-Accept", "c/d");
    assertThat(written(ContainerRequest.from(stream, true))).isEqualTo("accept: a/b, c/d\r\n");
  }

  @Test
  void limitsAListAsAWhole() {
    HttpHeaders accept = client("Accept", "x".repeat(1000)).add("Accept", "x".repeat(22));
    assertThat(ContainerRequest.from(accept, false).value(RequestHeader.ACCEPT)).hasSize(1024);
    assertRefused(accept.add("Accept", "x"), "at most 1024 characters");
  }

  @Test
  void tellsOfAnOpeningByItsOwnHeader() {
    ContainerRequest request =
        ContainerRequest.from(client("X-Amzn-SageMaker-Session-Id", "NEW_SESSION"), false);
    request.opensSession();
    assertThat(written(request)).isEqualTo("X-Session-Router-Session: new\r\n");
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"ACCEPT", "STREAM_ACCEPT"})
  void refusesAHeaderGivenTwice(RequestHeader header) {
    HttpHeaders twice = client(header.headerName().toString(), "a");
    twice.add(header.headerName(), "a");
    assertRefused(twice, "to be given once");
  }

  @ParameterizedTest
  @EnumSource
  void refusesValuesThatAreTooLong(RequestHeader header) {
    assertRefused(client(header.headerName().toString(), "x".repeat(1025)), "at most");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u00e9", "a\u007f", "\u0001", "a\u2028b"})
  void refusesValuesThatAreNotPrintableAscii(String value) {
    assertRefused(client("X-Amzn-SageMaker-Custom-Attributes", value), "printable ASCII");
  }

  private static void assertRefused(HttpHeaders headers, String expected) {
    assertThatThrownBy(() -> ContainerRequest.from(headers, false))
        .isInstanceOfSatisfying(
            RouterException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(FailureKind.INVALID_REQUEST);
              assertThat(e.text()).contains("expected: ").contains(expected);
            });
  }
}
