/**
 * Turns prompts into replies: the step loop that batches all running turns, sampling, and the
 * memory every sequence holds. It knows the model only as the {@link
 * io.sessionrouter.container.generation.CausalModel} interface.
 */
@NullMarked
package io.sessionrouter.container.generation;

import org.jspecify.annotations.NullMarked;
