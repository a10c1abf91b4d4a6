package io.sessionrouter.gateway;

import static io.sessionrouter.domain.FailureKind.UNKNOWN_PATH;
import static io.sessionrouter.domain.FailureKind.UNSUPPORTED;

import io.sessionrouter.domain.RouterException;

/** The paths of the data port: {@code /endpoints/{EndpointName}/}, and an operation. */
public final class OperationPath {
  private static final String PREFIX = "/endpoints/";
  private static final String COMPONENTS = "/inference-components/";
  private static final String OPENAI = "/openai";
  private static final String INVOCATIONS = "/invocations";
  private static final String RESPONSE_STREAM = "/invocations-response-stream";
  private static final String BIDIRECTIONAL_STREAM = "/invocations-bidirectional-stream";
  private static final String ASYNC = "/async-invocations";
  private static final Operation[] OPERATIONS = Operation.values();

  private OperationPath() {}

  /**
   * The path of a request's target. A query says nothing here: that of a presigned URL is its
   * signature.
   */
  static String of(String uri) {
    String target = relative(uri);
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  /** Servers have to understand the absolute form, too. */
  private static String relative(String uri) {
    if (uri.startsWith("/")) {
      return uri;
    }
    int authority = uri.startsWith("http://") ? 7 : uri.startsWith("https://") ? 8 : -1;
    int slash = authority < 0 ? -1 : uri.indexOf('/', authority);
    if (slash < 0 || uri.lastIndexOf('?', slash) >= 0) {
      throw unknown();
    }
    return uri.substring(slash);
  }

  /** Where the endpoint's name ends. */
  static int nameEnd(String path) {
    int end = path.indexOf('/', PREFIX.length());
    if (!path.startsWith(PREFIX) || end < 0) {
      throw unknown();
    }
    return end;
  }

  static String name(String path, int nameEnd) {
    return path.substring(PREFIX.length(), nameEnd);
  }

  /** Whether it names a component of the endpoint. */
  static boolean namesComponent(String path, int nameEnd) {
    return path.startsWith(COMPONENTS, nameEnd);
  }

  static Operation operation(String path, int nameEnd) {
    int from = namesComponent(path, nameEnd) ? componentEnd(path, nameEnd) : nameEnd;
    if (path.startsWith(OPENAI, from)) {
      return openAi(path, from + OPENAI.length());
    }
    if (from != nameEnd) {
      throw unknown();
    }
    if (rest(path, from, INVOCATIONS)) {
      return Operation.INVOKE;
    }
    if (rest(path, from, RESPONSE_STREAM)) {
      return Operation.RESPONSE_STREAM;
    }
    if (rest(path, from, BIDIRECTIONAL_STREAM)) {
      throw unsupported("InvokeEndpointWithBidirectionalStream");
    }
    if (rest(path, from, ASYNC)) {
      throw unsupported("InvokeEndpointAsync");
    }
    throw unknown();
  }

  private static int componentEnd(String path, int nameEnd) {
    int begin = nameEnd + COMPONENTS.length();
    int end = path.indexOf('/', begin);
    if (end <= begin) {
      throw unknown();
    }
    return end;
  }

  private static Operation openAi(String path, int from) {
    for (Operation operation : OPERATIONS) {
      String own = operation.path();
      if (own != null && rest(path, from, own)) {
        return operation;
      }
    }
    throw unknown();
  }

  /**
   * Whether a request's client is one of OpenAI's, whatever else is wrong with the request.
   *
   * @param uri its target
   */
  public static boolean isOpenAi(String uri) {
    int name = uri.indexOf(PREFIX);
    int end = name < 0 ? -1 : uri.indexOf('/', name + PREFIX.length());
    if (end >= 0 && uri.startsWith(COMPONENTS, end)) {
      end = uri.indexOf('/', end + COMPONENTS.length());
    }
    return end >= 0 && uri.startsWith(OPENAI + "/", end);
  }

  private static boolean rest(String path, int from, String operation) {
    return path.length() == from + operation.length() && path.startsWith(operation, from);
  }

  private static RouterException unsupported(String operation) {
    return new RouterException(
        UNSUPPORTED,
        operation
            + " is not supported (expected: InvokeEndpoint or InvokeEndpointWithResponseStream).");
  }

  private static RouterException unknown() {
    return new RouterException(
        UNKNOWN_PATH,
        "No such operation (expected: POST /endpoints/{EndpointName}/invocations or"
            + " /invocations-response-stream, or one of OpenAI's below /openai/v1).");
  }
}
