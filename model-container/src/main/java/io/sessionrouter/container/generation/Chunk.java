package io.sessionrouter.container.generation;

/**
 * Some tokens of one sequence for the next step.
 *
 * @param cache where keys and values go; it has room for {@code past + ids.length}
 * @param past how many tokens before these are in the cache
 * @param ids the tokens
 */
@SuppressWarnings("ArrayRecordComponent") // a view for one step, never compared
public record Chunk(KvCache cache, int past, long[] ids) {}
