package io.sessionrouter.container;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.AsciiString;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The request headers a container gets to see, and what their values must look like.
 *
 * <p>An allow-list: whatever is not named here, {@code Authorization} first of all, never reaches a
 * container. Limits are those of the SageMaker Runtime API.
 */
public enum RequestHeader {
  CONTENT_TYPE(HttpHeaderNames.CONTENT_TYPE, "ContentType", 1024),
  /** Bodies are passed on as they are: without it a compressed one could not be read. */
  CONTENT_ENCODING(HttpHeaderNames.CONTENT_ENCODING, "ContentEncoding", 1024),
  ACCEPT(HttpHeaderNames.ACCEPT, "Accept", 1024),
  /** Where the client's {@code Accept} travels when it asks for a response stream. */
  STREAM_ACCEPT("X-Amzn-SageMaker-Accept", "Accept", 1024),
  SESSION_ID(SessionHeader.SESSION_ID, "SessionId", 256),
  TARGET_MODEL("X-Amzn-SageMaker-Target-Model", "TargetModel", 1024),
  TARGET_VARIANT("X-Amzn-SageMaker-Target-Variant", "TargetVariant", 63),
  TARGET_CONTAINER("X-Amzn-SageMaker-Target-Container-Hostname", "TargetContainerHostname", 63),
  INFERENCE_COMPONENT("X-Amzn-SageMaker-Inference-Component", "InferenceComponentName", 63),
  INFERENCE_ID("X-Amzn-SageMaker-Inference-Id", "InferenceId", 64),
  CUSTOM_ATTRIBUTES("X-Amzn-SageMaker-Custom-Attributes", "CustomAttributes", 1024),
  ENABLE_EXPLANATIONS("X-Amzn-SageMaker-Enable-Explanations", "EnableExplanations", 64),
  PREFIX_AWARE_ID("X-Amzn-SageMaker-Prefix-Aware-Id", "PrefixAwareId", 64);

  private static final int MAX_NAME_LENGTH = 42;
  private static final RequestHeader[][] BY_LENGTH = byLength();

  @SuppressWarnings("ImmutableEnumChecker") // nobody changes its bytes
  private final AsciiString headerName;

  private final String parameter;
  private final int maxLength;

  RequestHeader(String headerName, String parameter, int maxLength) {
    this(AsciiString.cached(headerName), parameter, maxLength);
  }

  RequestHeader(AsciiString headerName, String parameter, int maxLength) {
    this.headerName = headerName;
    this.parameter = parameter;
    this.maxLength = maxLength;
  }

  private static RequestHeader[][] byLength() {
    RequestHeader[][] table = new RequestHeader[MAX_NAME_LENGTH + 1][];
    for (int length = 0; length <= MAX_NAME_LENGTH; length++) {
      int wanted = length;
      table[length] =
          Arrays.stream(values())
              .filter(h -> h.headerName.length() == wanted)
              .toArray(RequestHeader[]::new);
    }
    return table;
  }

  /** The allowed header of this name, in any case, or null. */
  static @Nullable RequestHeader named(CharSequence name) {
    if (name.length() > MAX_NAME_LENGTH) {
      return null;
    }
    for (RequestHeader header : BY_LENGTH[name.length()]) {
      if (header.headerName.contentEqualsIgnoreCase(name)) {
        return header;
      }
    }
    return null;
  }

  public AsciiString headerName() {
    return headerName;
  }

  /** Refuses a value AWS would refuse, and any byte that is not printable ASCII. */
  void check(CharSequence value) {
    if (value.length() > maxLength) {
      throw invalid("at most " + maxLength + " characters");
    }
    if (value.isEmpty() && !mayBeEmpty()) {
      throw invalid("at least 1 character");
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c > '~') {
        throw invalid("printable ASCII characters");
      }
    }
  }

  /**
   * Whether several lines of it are one list; what else may be given is one value of its own rules.
   */
  boolean isList() {
    return this == ACCEPT || this == STREAM_ACCEPT;
  }

  private boolean mayBeEmpty() {
    return switch (this) {
      case CONTENT_TYPE, ACCEPT, STREAM_ACCEPT, CUSTOM_ATTRIBUTES -> true;
      default -> false;
    };
  }

  RouterException invalid(String expected) {
    return new RouterException(
        FailureKind.INVALID_REQUEST,
        "The value of "
            + parameter
            + " (header "
            + headerName
            + ") is invalid (expected: "
            + expected
            + ").");
  }
}
