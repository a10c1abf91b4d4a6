package io.sessionrouter.container.model;

/** How a model's {@code forward} takes tokens and KV caches. */
public enum Signature {
  /** Many sequences of any length in one call; caches are written in place. */
  RAGGED_KV("ragged-kv"),
  /** One sequence in a call; the past goes in, the longer past comes out. */
  FUNCTIONAL_KV("functional-kv");

  private final String label;

  Signature(String label) {
    this.label = label;
  }

  /** The name in {@code model.json}. */
  public String label() {
    return label;
  }
}
