package io.sessionrouter.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sessionrouter.config.Problems;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Iterator;
import java.util.List;

/** The text of a file of principals, as a command changes it. */
final class PrincipalsDocument {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String PRINCIPALS = "principals";
  private static final String ACCESS_KEYS = "accessKeys";
  private static final String BEARER_KEYS = "bearerKeys";
  private static final String EXPIRES = "expires";

  private final ObjectNode root;

  private PrincipalsDocument(ObjectNode root) {
    this.root = root;
  }

  static PrincipalsDocument empty() {
    ObjectNode root = MAPPER.createObjectNode();
    root.putArray(PRINCIPALS);
    return new PrincipalsDocument(root);
  }

  /** Reads a text in which {@link PrincipalsFile} finds nothing wrong. */
  static PrincipalsDocument parse(String text) throws IOException {
    return new PrincipalsDocument((ObjectNode) MAPPER.readTree(text));
  }

  /** The text, in which nothing is wrong. */
  String text(Problems problems) throws IOException {
    String text = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    PrincipalsFile.read(text, problems);
    return text;
  }

  private ArrayNode principals() {
    return (ArrayNode) root.get(PRINCIPALS);
  }

  boolean has(String name) {
    for (JsonNode each : principals()) {
      if (each.get("name").textValue().equals(name)) {
        return true;
      }
    }
    return false;
  }

  private ObjectNode principal(String name) {
    for (JsonNode each : principals()) {
      if (each.get("name").textValue().equals(name)) {
        return (ObjectNode) each;
      }
    }
    throw new IllegalStateException("nobody looked whether it is there");
  }

  void add(String name, NewKeys keys, List<String> actions, List<String> endpoints) {
    ObjectNode principal = principals().addObject().put("name", name);
    addKeys(principal, keys);
    ObjectNode grant = principal.putArray("allow").addObject();
    actions.forEach(grant.putArray("actions")::add);
    endpoints.forEach(grant.putArray("endpoints")::add);
  }

  private static void addKeys(ObjectNode principal, NewKeys keys) {
    principal
        .withArrayProperty(ACCESS_KEYS)
        .addObject()
        .put("id", keys.accessKeyId())
        .put("secret", keys.secretAccessKey());
    principal
        .withArrayProperty(BEARER_KEYS)
        .addObject()
        .put("sha256", BearerKey.hash(keys.bearerKey()));
  }

  /** Adds keys to those that it has, of which none is valid any longer than that. */
  void rotate(String name, NewKeys keys, Instant end) {
    ObjectNode principal = principal(name);
    for (String kind : List.of(ACCESS_KEYS, BEARER_KEYS)) {
      for (JsonNode key : principal.withArrayProperty(kind)) {
        Instant own = expiry(key);
        if (end.isBefore(own)) {
          ((ObjectNode) key).put(EXPIRES, end.toString());
        }
      }
    }
    addKeys(principal, keys);
  }

  /** Leaves out keys whose time is over. */
  void removeExpired(String name, Instant now) {
    ObjectNode principal = principal(name);
    for (String kind : List.of(ACCESS_KEYS, BEARER_KEYS)) {
      Iterator<JsonNode> keys = principal.withArrayProperty(kind).iterator();
      while (keys.hasNext()) {
        if (!now.isBefore(expiry(keys.next()))) {
          keys.remove();
        }
      }
    }
  }

  private static Instant expiry(JsonNode key) {
    try {
      return key.has(EXPIRES) ? Instant.parse(key.get(EXPIRES).textValue()) : Instant.MAX;
    } catch (DateTimeParseException e) {
      throw new IllegalStateException("nobody looked whether it is right", e);
    }
  }

  void remove(String name) {
    Iterator<JsonNode> each = principals().iterator();
    while (each.hasNext()) {
      if (each.next().get("name").textValue().equals(name)) {
        each.remove();
      }
    }
  }

  /** All of it but its secrets. */
  String listing() throws IOException {
    ObjectNode shown = root.deepCopy();
    for (JsonNode principal : shown.get(PRINCIPALS)) {
      for (JsonNode key : principal.withArrayProperty(ACCESS_KEYS)) {
        ((ObjectNode) key).remove(List.of("secret", "sessionToken"));
      }
    }
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(shown);
  }

  static String shown(String name, NewKeys keys) throws IOException {
    return MAPPER
        .writerWithDefaultPrettyPrinter()
        .writeValueAsString(
            MAPPER
                .createObjectNode()
                .put("Name", name)
                .put("AccessKeyId", keys.accessKeyId())
                .put("SecretAccessKey", keys.secretAccessKey())
                .put("BearerKey", keys.bearerKey()));
  }
}
