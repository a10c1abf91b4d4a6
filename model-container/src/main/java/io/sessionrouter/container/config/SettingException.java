package io.sessionrouter.container.config;

/** A setting that cannot work; the message names the key, its value and what was expected. */
public final class SettingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A wrong setting, worded for the person who made it. */
  public SettingException(String key, Object value, String expected) {
    super("%s: %s (expected: %s)".formatted(key, value, expected));
  }
}
