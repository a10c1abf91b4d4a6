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
import io.sessionrouter.container.api.Payload.RequestType;
import io.sessionrouter.container.fault.Fault;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads request bodies. Values of known keys are checked; keys that it does not know are ignored,
 * as other containers do, or refused if that is asked for.
 */
final class PayloadReader {
  private static final Set<String> KEYS = Set.of("requestType", "inputs", "parameters", "stream");

  private final ObjectMapper json = strictJson();
  private final ParametersReader parameters;
  private final boolean strict;

  PayloadReader(int defaultMaxNewTokens, boolean strict) {
    this.parameters = new ParametersReader(defaultMaxNewTokens);
    this.strict = strict;
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

  Payload read(byte[] body) {
    var keys = new RequestKeys(parse(body), "");
    JsonNode how = keys.get("parameters");
    if (strict) {
      keys.allowOnly(KEYS);
      parameters.requireKnown(how);
    }
    return new Payload(
        type(keys),
        keys.text("inputs"),
        parameters.read(how),
        keys.flag("stream"),
        strict ? IgnoredKeys.NONE : IgnoredKeys.of(keys.unknown(KEYS), parameters.unknown(how)));
  }

  private JsonNode parse(byte[] body) {
    try {
      JsonNode node = body.length == 0 ? json.createObjectNode() : json.readTree(body);
      return node instanceof MissingNode ? json.createObjectNode() : node;
    } catch (JsonProcessingException notJson) {
      JsonLocation at = Objects.requireNonNullElse(notJson.getLocation(), JsonLocation.NA);
      throw Fault.INVALID_REQUEST.because(
          "the body is not valid JSON at line %d, column %d (expected: an object with %s)",
          at.getLineNr(), at.getColumnNr(), "requestType, inputs, parameters, stream");
    } catch (IOException notText) {
      throw Fault.INVALID_REQUEST.because("the body is not UTF-8 text (expected: JSON)");
    }
  }

  private static @Nullable RequestType type(RequestKeys keys) {
    JsonNode value = keys.get("requestType");
    return switch (value.isTextual() ? value.textValue() : value.toString()) {
      case "NEW_SESSION" -> RequestType.NEW_SESSION;
      case "CLOSE" -> RequestType.CLOSE;
      case "", "null" -> null;
      default -> throw keys.bad("requestType", "NEW_SESSION, CLOSE, or none");
    };
  }
}
