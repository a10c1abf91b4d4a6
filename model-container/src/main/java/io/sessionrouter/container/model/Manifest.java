package io.sessionrouter.container.model;

import java.util.List;

/**
 * What {@code model.json} says: how the model is called, its shape, its tokenizer and chat layout.
 *
 * @param signature how {@code forward} is called
 * @param shape the sizes of the KV cache and of the logits
 * @param tokenizer which tokenizer reads which file
 * @param specialTokens names of the special tokens of a {@code pieces} tokenizer, by id
 * @param chat the ids around the turns of a conversation
 */
public record Manifest(
    Signature signature,
    ModelShape shape,
    TokenizerSpec tokenizer,
    List<String> specialTokens,
    ChatIds chat) {

  /** The one format this container reads. */
  public static final String FORMAT = "session-router/causal-lm/1";
}
