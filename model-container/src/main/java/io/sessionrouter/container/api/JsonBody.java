package io.sessionrouter.container.api;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.sessionrouter.container.fault.Fault;
import java.io.IOException;
import java.util.Objects;

/** Reads bodies as JSON; an empty one is an empty object. */
final class JsonBody {
  private final ObjectMapper json = strictJson();
  private final String keys;

  /**
   * @param keys that an object may have, as the complaint about a body names them
   */
  JsonBody(String keys) {
    this.keys = keys;
  }

  private static ObjectMapper strictJson() {
    var mapper =
        JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    // The body is bounded already; a long text in it is what it is for.
    mapper
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxStringLength(Integer.MAX_VALUE)
                .maxNestingDepth(20)
                .build());
    return mapper;
  }

  JsonNode parse(byte[] body) {
    try {
      JsonNode node = body.length == 0 ? json.createObjectNode() : json.readTree(body);
      return node instanceof MissingNode ? json.createObjectNode() : node;
    } catch (JsonProcessingException notJson) {
      JsonLocation at = Objects.requireNonNullElse(notJson.getLocation(), JsonLocation.NA);
      throw Fault.INVALID_REQUEST.because(
          "the body is not valid JSON at line %d, column %d (expected: an object with %s)",
          at.getLineNr(), at.getColumnNr(), keys);
    } catch (IOException notText) {
      throw Fault.INVALID_REQUEST.because("the body is not UTF-8 text (expected: JSON)");
    }
  }
}
