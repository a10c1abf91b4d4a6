package io.sessionrouter.container.model;

/**
 * A model folder that cannot be served; the message says which key is wrong and what was expected.
 */
public final class ManifestException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A fault of the folder, worded for the person who made it. */
  public ManifestException(String message) {
    super(message);
  }
}
