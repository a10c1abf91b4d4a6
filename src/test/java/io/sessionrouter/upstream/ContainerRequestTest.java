package io.sessionrouter.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The header policy: what a container gets to see. */
class ContainerRequestTest {

  private static HttpHeaders client(String name, String value) {
    return new DefaultHttpHeaders(false).add(name, value);
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
      ContainerRequest request = ContainerRequest.from(client(name, "value"));
      assertThat(request.value(header)).isEqualTo("value");
      assertThat(request.headers().get(header.headerName())).isEqualTo("value");
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
        "a",
        "Accept-Encoding"
      })
  void keepsEverythingElse(String name) {
    assertThat(ContainerRequest.from(client(name, "value")).headers()).isEmpty();
  }

  @Test
  void ignoresNamesLongerThanAnyItKnows() {
    assertThat(ContainerRequest.from(client("x".repeat(5000), "value")).headers()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
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
    assertThatThrownBy(() -> ContainerRequest.from(headers))
        .isInstanceOfSatisfying(
            RouterException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(FailureKind.INVALID_REQUEST);
              assertThat(e.text()).contains("expected: ").contains(expected);
            });
  }
}
