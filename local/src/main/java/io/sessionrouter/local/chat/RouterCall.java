package io.sessionrouter.local.chat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A call of the page as the router is to get it.
 *
 * @param head in bytes, up to the body
 * @param length bytes of body
 */
@SuppressWarnings("ArrayRecordComponent") // sent once, never compared
record RouterCall(InetSocketAddress router, byte[] head, long length) {
  private static final Pattern PATH =
      Pattern.compile("/endpoints/[A-Za-z0-9-]{1,63}/invocations(-response-stream)?");

  /** The rest is the browser's affair: cookies of other ports, its name, its languages. */
  private static final Set<String> PASSED = Set.of("content-type", "accept", "content-length");

  private static final String PASSED_PREFIX = "x-amzn-sagemaker-";

  static boolean isMeant(RequestHead head) {
    return PATH.matcher(head.target()).matches();
  }

  static RouterCall of(RequestHead head, RouterAccess router) throws Refusal {
    if (!head.method().equals("POST")) {
      throw Refusal.method("POST");
    }
    URI port = router.dataPort();
    var address = new InetSocketAddress(port.getHost(), port.getPort());
    return new RouterCall(address, head(head, router).getBytes(ISO_8859_1), head.length());
  }

  private static String head(RequestHead head, RouterAccess router) {
    StringBuilder lines = new StringBuilder(512);
    lines.append("POST ").append(head.target()).append(" HTTP/1.1\r\n");
    lines.append("host: ").append(router.dataPort().getAuthority()).append("\r\n");
    lines.append("authorization: Bearer ").append(router.bearerKey()).append("\r\n");
    head.headers()
        .forEach(
            (name, value) -> {
              if (PASSED.contains(name) || name.startsWith(PASSED_PREFIX)) {
                lines.append(name).append(": ").append(value).append("\r\n");
              }
            });
    return lines.append("connection: close\r\n\r\n").toString();
  }
}
