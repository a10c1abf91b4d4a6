package io.sessionrouter.container.api;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import java.io.IOException;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The body of a request that loads a model.
 *
 * @param name what the model is to be called
 * @param url where its artifact lies
 */
record LoadRequest(String name, String url) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,254}");
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  static LoadRequest read(byte[] body) {
    var keys = new RequestKeys(parse(body), "");
    keys.allowOnly(Set.of("model_name", "url"));
    String name = keys.text("model_name");
    if (!NAME.matcher(name).matches()) {
      throw keys.bad("model_name", "1 to 255 letters, digits and . _ - after the first");
    }
    if (keys.text("url").isEmpty()) {
      throw keys.bad("url", "file:///…, http://…, https://… or s3://bucket/key");
    }
    return new LoadRequest(name, keys.text("url"));
  }

  private static JsonNode parse(byte[] body) {
    try {
      JsonNode node = JSON.readTree(body);
      return node.isMissingNode() ? JSON.createObjectNode() : node;
    } catch (JacksonException notJson) {
      throw notJson();
    } catch (IOException notText) {
      throw notJson();
    }
  }

  private static FaultException notJson() {
    return Fault.INVALID_REQUEST.because(
        "the body is not valid JSON (expected: an object with model_name and url)");
  }
}
