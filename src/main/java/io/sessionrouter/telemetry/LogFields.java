package io.sessionrouter.telemetry;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * The facts of one log line: fields of their own where logs are JSON, {@code key=value} in the text
 * elsewhere. Only made for lines that are written.
 */
public final class LogFields implements AutoCloseable {
  private static final int HASH_BYTES = 6;

  private final Map<String, String> fields = new LinkedHashMap<>();

  /** Adds a fact; nothing if it is not known. */
  public LogFields with(String key, @Nullable Object value) {
    String text = value == null ? "" : value.toString();
    if (!text.isEmpty()) {
      fields.put(key, text);
      MDC.put(key, text);
    }
    return this;
  }

  /** Adds a session by a hash of its id: who has the id may act as the session. */
  public LogFields withSession(@Nullable String id) {
    return id == null ? this : with("session", hash(id));
  }

  /** What logs call a session. */
  public static String hash(String id) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The facts as text. */
  @Override
  public String toString() {
    return fields.entrySet().stream()
        .map(field -> field.getKey() + "=" + field.getValue())
        .collect(Collectors.joining(" "));
  }

  @Override
  public void close() {
    fields.keySet().forEach(MDC::remove);
  }
}
