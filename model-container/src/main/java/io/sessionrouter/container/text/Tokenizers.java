package io.sessionrouter.container.text;

import io.sessionrouter.container.model.Manifest;

/** Makes the tokenizer that a manifest asks for. */
public final class Tokenizers {
  private Tokenizers() {}

  /** Loads it. */
  public static Tokenizer load(Manifest manifest) {
    var spec = manifest.tokenizer();
    int vocabSize = manifest.shape().vocabSize();
    return switch (spec.type()) {
      case PIECES -> PiecesTokenizer.load(spec.file(), manifest.specialTokens().size(), vocabSize);
      case HUGGINGFACE -> HuggingFaceTokenizer.load(spec.file(), vocabSize);
    };
  }
}
