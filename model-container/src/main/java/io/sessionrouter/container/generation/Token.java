package io.sessionrouter.container.generation;

import org.jspecify.annotations.Nullable;

/**
 * One token of a reply.
 *
 * @param id its number in the vocabulary
 * @param text the text that it made certain: it may be empty, because half a character and what may
 *     begin a stop text are held back, and it may hold what was held back before
 * @param logprob the natural logarithm of the probability that the model gave it, before
 *     temperature, top-k and top-p; NaN if the sink does not want it
 * @param special whether it marks the end of the reply instead of being part of it
 * @param end how the reply ended, if this was its last token
 */
public record Token(
    long id, String text, double logprob, boolean special, @Nullable Completion end) {}
