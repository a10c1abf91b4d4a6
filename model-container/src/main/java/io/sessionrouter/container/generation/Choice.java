package io.sessionrouter.container.generation;

/**
 * A chosen token.
 *
 * @param id its number in the vocabulary
 * @param logprob the logarithm of the model's probability for it; NaN if nobody asked
 */
record Choice(long id, double logprob) {}
