package io.sessionrouter.upstream;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.sessionrouter.domain.Instance;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The headers of one request as its container will see them, with the values the router itself
 * needs picked out in the same pass.
 */
public final class ContainerRequest {
  private static final DefaultHttpHeadersFactory UNCHECKED =
      DefaultHttpHeadersFactory.headersFactory().withValidation(false);

  private static final String PATH = "/invocations";

  private final HttpHeaders headers = UNCHECKED.newHeaders();
  private final @Nullable String[] values = new String[RequestHeader.values().length];

  private ContainerRequest() {}

  /**
   * Takes the allowed headers out of a client's.
   *
   * @throws io.sessionrouter.domain.RouterException of kind {@code INVALID_REQUEST} if one is
   *     malformed or given twice
   */
  public static ContainerRequest from(HttpHeaders client) {
    ContainerRequest request = new ContainerRequest();
    Iterator<Map.Entry<CharSequence, CharSequence>> all = client.iteratorCharSequence();
    while (all.hasNext()) {
      Map.Entry<CharSequence, CharSequence> entry = all.next();
      RequestHeader header = RequestHeader.named(entry.getKey());
      if (header != null) {
        request.take(header, entry.getValue());
      }
    }
    return request;
  }

  private void take(RequestHeader header, CharSequence value) {
    header.check(value);
    if (values[header.ordinal()] != null) {
      throw header.invalid("to be given once");
    }
    values[header.ordinal()] = value.toString();
    headers.add(header.headerName(), value);
  }

  /** The value of an allowed header, or null if the client sent none. */
  public @Nullable String value(RequestHeader header) {
    return values[header.ordinal()];
  }

  /** What the container will see; framing and {@code Host} are still to be added. */
  HttpHeaders headers() {
    return headers;
  }

  /**
   * The head as it goes to an instance.
   *
   * @param contentLength of the body in bytes, -1 to send it in chunks
   */
  public HttpRequest head(Instance to, long contentLength) {
    headers.set(HttpHeaderNames.HOST, to.authority());
    if (contentLength < 0) {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    } else {
      headers.set(HttpHeaderNames.CONTENT_LENGTH, Long.toString(contentLength));
    }
    return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, PATH, headers);
  }
}
