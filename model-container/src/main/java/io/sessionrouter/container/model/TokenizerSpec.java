package io.sessionrouter.container.model;

import java.nio.file.Path;

/**
 * Which tokenizer a model was trained with.
 *
 * @param type the kind of tokenizer
 * @param file its file in the model folder
 */
public record TokenizerSpec(Type type, Path file) {

  /** The kinds of tokenizer a model may use. */
  public enum Type {
    /** A list of words, two-character pieces and bytes. */
    PIECES("pieces"),
    /** A Hugging Face {@code tokenizer.json}. */
    HUGGINGFACE("huggingface");

    private final String label;

    Type(String label) {
      this.label = label;
    }

    /** The name in {@code model.json}. */
    public String label() {
      return label;
    }
  }
}
