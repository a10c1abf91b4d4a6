package io.sessionrouter.auth.signature;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpRequest;
import io.sessionrouter.domain.RouterException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Requests of all sorts, signed by the botocore of the end-to-end tests' virtual environment: all
 * are verified, and none of them with something changed that was signed.
 */
class BotocoreTest {
  private static final Path PYTHON = Path.of("e2e/.venv/bin/python");
  private static final Path SIGNER = Path.of("e2e/src/test/python/signer.py");
  private static final int REQUESTS = 500;

  private static final List<String> PIECES =
      List.of(
          "a", "Z", "0", "-", ".", "_", "~", "%20", "%2F", "%2f", "%25", "%C3%A9", "/", "//", "/./",
          "/../", "+", ":", "@", "!", "$", "'", "(", ")", "*", ",", ";");

  /** As clients send it; botocore does not encode it, and AWS does. */
  private static final List<String> QUERY = List.of("a", "b", "%20", "%2F", "-", "_", "~", ".");

  private static final List<String> VALUE =
      List.of("a", "B", " ", "  ", "\t", "\"", ",", ";", "=", "/", "%", ":", "z");

  private static final List<String> HOSTS =
      List.of("router", "router:8080", "127.0.0.1:18080", "[::1]:8080", "a.example.com:443");

  private final Random random = new Random(7);
  private final ObjectMapper mapper = new ObjectMapper();
  private final SignatureV4 verifier = Signed.verifier();
  private final AccessKeys keys = Signed.keys(Signed.KEY);

  @Test
  void verifiesWhatItSignsAndNothingElse() throws Exception {
    assumeTrue(Files.exists(PYTHON), "./verify makes " + PYTHON);
    File errors = File.createTempFile("signer", ".log");
    Process signer =
        new ProcessBuilder(PYTHON.toString(), SIGNER.toString(), "2026-11-27T12:00:00")
            .redirectError(errors)
            .start();
    try (Writer to = signer.outputWriter(UTF_8);
        BufferedReader from = signer.inputReader(UTF_8)) {
      for (int i = 0; i < REQUESTS; i++) {
        ObjectNode asked = anyRequest();
        to.write(asked + "\n");
        to.flush();
        String line = from.readLine();
        assertThat(line).as(() -> asked + ": " + read(errors)).isNotNull();
        verify(asked, mapper.readTree(line));
      }
    } finally {
      signer.destroy();
      Files.delete(errors.toPath());
    }
  }

  private static String read(File file) {
    try {
      return Files.readString(file.toPath());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private ObjectNode anyRequest() {
    String query = random.nextBoolean() ? "" : "?" + query();
    String host = HOSTS.get(random.nextInt(HOSTS.size()));
    ObjectNode asked =
        mapper
            .createObjectNode()
            .put("method", random.nextInt(4) == 0 ? "GET" : "POST")
            .put("url", "http://" + host + "/endpoints/" + text(PIECES, 12) + query)
            .put("body", random.nextBoolean() ? "" : octets(random.nextInt(300)))
            .put("key", Signed.KEY.id())
            .put("secret", Signed.KEY.secret())
            .put("region", Signed.REGION);
    ArrayNode headers = asked.putArray("headers");
    for (int count = random.nextInt(5); count > 0; count--) {
      headers.addArray().add("X-Any-" + (char) ('a' + random.nextInt(3))).add(text(VALUE, 8));
    }
    return asked;
  }

  private String query() {
    StringBuilder query = new StringBuilder("q");
    for (int count = random.nextInt(5); count > 0; count--) {
      query.append("&p").append(text(QUERY, 4));
      query.append(random.nextBoolean() ? "" : "=" + text(QUERY, 4));
    }
    return query.toString();
  }

  private String text(List<String> pieces, int most) {
    StringBuilder text = new StringBuilder();
    for (int count = random.nextInt(most); count > 0; count--) {
      text.append(pieces.get(random.nextInt(pieces.size())));
    }
    return text.toString();
  }

  private String octets(int count) {
    byte[] octets = new byte[count];
    random.nextBytes(octets);
    return new String(octets, ISO_8859_1);
  }

  private void verify(JsonNode asked, JsonNode added) {
    byte[] body = asked.get("body").asText().getBytes(ISO_8859_1);
    SignedRequest verified = Signed.verify(verifier, head(asked, added), keys, body);
    assertThat(verified.key()).isEqualTo(Signed.KEY);
    HttpRequest changed = head(asked, added);
    byte[] other = change(changed, body);
    assertThatThrownBy(() -> Signed.verify(verifier, changed, keys, other))
        .as(() -> asked + " changed to " + changed)
        .isInstanceOf(RouterException.class);
  }

  private static HttpRequest head(JsonNode asked, JsonNode added) {
    String rest = asked.get("url").asText().substring("http://".length());
    int slash = rest.indexOf('/');
    HttpRequest head = Signed.head(asked.get("method").asText(), rest.substring(slash));
    head.headers().add("Host", rest.substring(0, slash));
    asked
        .get("headers")
        .forEach(header -> head.headers().add(header.get(0).asText(), header.get(1).asText()));
    added.properties().forEach(e -> head.headers().add(e.getKey(), e.getValue().asText()));
    return head;
  }

  /** Changes one thing that was signed; gives the body that goes with it. */
  private byte[] change(HttpRequest head, byte[] body) {
    switch (random.nextInt(5)) {
      case 0 -> head.setUri(head.uri().replaceFirst("(\\?|$)", "x$1"));
      case 1 -> head.setUri(head.uri() + (head.uri().contains("?") ? "&x" : "?x"));
      case 2 -> head.headers().set("Host", head.headers().get("Host") + "1");
      case 3 -> head.headers().set("X-Amz-Date", "20261127T120001Z");
      default -> {
        byte[] other = Arrays.copyOf(body, body.length + 1);
        other[random.nextInt(other.length)] ^= 1;
        return other;
      }
    }
    return body;
  }
}
