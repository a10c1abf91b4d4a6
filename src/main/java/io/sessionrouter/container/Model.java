package io.sessionrouter.container;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A model of a multi-model endpoint: what clients call it, and what containers are sent.
 *
 * @param target as clients name it, below the endpoint's prefix
 * @param name as containers know it: opaque, and the same on every replica of the router
 * @param url where it lies
 */
public record Model(String target, String name, String url) {
  private static final int MAX_STEM = 38;
  private static final int HASH_BYTES = 12;

  /**
   * The model of a request below the prefix.
   *
   * @param target was admitted, so it does not leave the prefix
   */
  public static Model of(String prefix, String target) {
    String url = prefix + "/" + target;
    return new Model(target, stem(target) + "-" + hash(url), url);
  }

  /** The path of its invocations on a container. */
  public String invokePath() {
    return ContainerContract.invoke(name);
  }

  /** The path below which it has those of OpenAI's. */
  public String path() {
    return ContainerContract.model(name);
  }

  /** Says to people which model it is; the hash says it to machines. */
  private static String stem(String target) {
    String readable = target.replaceAll("[^a-zA-Z0-9]+", "-").replaceAll("^-|-$", "");
    String begin = readable.substring(0, Math.min(readable.length(), MAX_STEM));
    return begin.isEmpty() ? "model" : begin.replaceAll("-$", "");
  }

  private static String hash(String url) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(url.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
