package io.sessionrouter.auth.signature;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where fuzzing begins: what botocore signed, as {@link SignatureFuzzer} reads it. */
public final class FuzzSeeds {
  private FuzzSeeds() {}

  /** Writes each into a file of a folder. */
  public static void main(String... folder) throws IOException {
    Path corpus = Files.createDirectories(Path.of(folder[0]));
    int number = 0;
    for (byte[] seed : all()) {
      Files.write(corpus.resolve("seed-" + number++), seed);
    }
  }

  static List<byte[]> all() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    ObjectMapper mapper = new ObjectMapper();
    try (InputStream in = FuzzSeeds.class.getResourceAsStream("botocore.json")) {
      for (JsonNode vector : mapper.readTree(in)) {
        if (usual(vector)) {
          seeds.add(text(vector).getBytes(ISO_8859_1));
        }
      }
    }
    try (InputStream in = FuzzSeeds.class.getResourceAsStream("tokens.json")) {
      mapper.readTree(in).forEach(token -> seeds.add(token.asText().getBytes(ISO_8859_1)));
    }
    return seeds;
  }

  private static boolean usual(JsonNode vector) {
    return vector.get("form").asText().equals("STANDARD")
        && vector.get("service").asText().equals("sagemaker")
        && vector.get("method").asText().equals("POST")
        && !vector.has("token")
        && !vector.get("name").asText().equals("http-date");
  }

  private static String text(JsonNode vector) {
    StringBuilder text = new StringBuilder("POST ").append(vector.get("target").asText());
    for (JsonNode header : vector.get("headers")) {
      text.append('\n').append(header.get(0).asText()).append(':').append(header.get(1).asText());
    }
    return text.append("\n\n").append(vector.get("body").asText()).toString();
  }
}
