package io.sessionrouter.container.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionrouter.container.api.Payload.RequestType;
import io.sessionrouter.container.host.Input;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads request bodies. Values of known keys are checked; keys that it does not know are ignored,
 * as other containers do, or refused if that is asked for.
 */
final class PayloadReader {
  private static final Set<String> KEYS = Set.of("requestType", "inputs", "parameters", "stream");

  private final JsonBody json = new JsonBody("requestType, inputs, parameters, stream");
  private final ParametersReader parameters;
  private final boolean strict;

  PayloadReader(int defaultMaxNewTokens, boolean strict) {
    this.parameters = new ParametersReader(defaultMaxNewTokens);
    this.strict = strict;
  }

  Payload read(byte[] body) {
    var keys = new RequestKeys(json.parse(body), "");
    JsonNode how = keys.get("parameters");
    if (strict) {
      keys.allowOnly(KEYS);
      parameters.requireKnown(how);
    }
    return new Payload(
        type(keys),
        new Input.Turn(keys.text("inputs")),
        parameters.read(how),
        keys.flag("stream"),
        strict ? IgnoredKeys.NONE : IgnoredKeys.of(keys.unknown(KEYS), parameters.unknown(how)));
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
