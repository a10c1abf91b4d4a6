package io.sessionrouter.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which trace contexts of clients reach a container. */
class TraceHeadersTest {
  private static final String VALID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  @ParameterizedTest
  @ValueSource(
      strings = {
        VALID,
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-adds"
      })
  void takesWhatTheSpecificationAllows(String parent) {
    ContainerRequest request = request("TraceParent", parent, "tracestate", "a=1,b=2");
    assertThat(request.traceparent()).isEqualTo(parent);
    assertThat(request.tracestate()).isEqualTo("a=1,b=2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
        "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
        "0g-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
      })
  void dropsWhatItDoesNotAndTheStateWithIt(String parent) {
    ContainerRequest request = request("traceparent", parent, "tracestate", "a=1");
    assertThat(request.traceparent()).isNull();
    assertThat(request.tracestate()).isNull();
  }

  @Test
  void dropsWhatIsGivenTwice() {
    assertThat(request("traceparent", VALID, "traceparent", VALID).traceparent()).isNull();
    assertThat(request("traceparent", VALID, "tracestate", "a=1", "tracestate", "b=2").tracestate())
        .isNull();
  }

  @Test
  void dropsAStateThatIsTooLongOrNotText() {
    assertThat(request("traceparent", VALID, "tracestate", "a=" + "1".repeat(511)).tracestate())
        .isNull();
    assertThat(request("traceparent", VALID, "tracestate", "a=\u00e4").tracestate()).isNull();
  }

  private static ContainerRequest request(String... headers) {
    HttpHeaders all = DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    for (int i = 0; i < headers.length; i += 2) {
      all.add(headers[i], headers[i + 1]);
    }
    return ContainerRequest.from(all, false);
  }
}
