package io.sessionrouter.container.generation;

import java.util.List;

/**
 * What one turn asks of the model.
 *
 * @param kept how many tokens of the context the new ones follow; those behind them are dropped
 * @param ids the new tokens, chat marks included
 * @param maxNewTokens how many tokens to generate at most; 0 only computes the prompt
 * @param sampling how to choose them
 * @param stop texts that end the reply
 * @param sink gets the tokens of the reply
 */
@SuppressWarnings("ArrayRecordComponent") // handed to one turn, never compared
public record Prompt(
    int kept, long[] ids, int maxNewTokens, Sampling sampling, List<String> stop, TokenSink sink) {}
