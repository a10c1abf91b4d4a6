package io.sessionrouter.container.model;

/**
 * The sizes that decide how big a KV cache and a row of logits are.
 *
 * @param layers the number of layers that keep keys and values
 * @param kvHeads the number of key/value heads of a layer
 * @param headDim the numbers in one key
 * @param elementType the number format
 * @param vocabSize the number of token ids
 * @param contextLength the most tokens one sequence may hold
 */
public record ModelShape(
    int layers,
    int kvHeads,
    int headDim,
    ElementType elementType,
    int vocabSize,
    int contextLength) {

  /** The bytes of KV cache that {@code tokens} tokens take. */
  public long kvBytes(long tokens) {
    return 2L * layers * kvHeads * headDim * elementType.bytes() * tokens;
  }
}
