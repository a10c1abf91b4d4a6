package io.sessionrouter.container.model;

/** The number format of a KV cache; bfloat16 is missing because the engine cannot hold it. */
public enum ElementType {
  /** Four bytes a number. */
  FLOAT32("float32", 4),
  /** Two bytes a number. */
  FLOAT16("float16", 2);

  private final String label;
  private final int bytes;

  ElementType(String label, int bytes) {
    this.label = label;
    this.bytes = bytes;
  }

  /** The name in {@code model.json}. */
  public String label() {
    return label;
  }

  /** The size of one number. */
  public int bytes() {
    return bytes;
  }
}
