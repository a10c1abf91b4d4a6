package io.sessionrouter.container.api;

import io.sessionrouter.container.config.Dialect;
import io.sessionrouter.container.config.ModelConfig;
import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.generation.Completion;
import io.sessionrouter.container.host.LoadedModel;
import java.util.Map;
import java.util.Optional;

/** The form of {@code /invocations}: that of text-generation-inference and its dialects. */
final class InvocationForm implements Form {
  private final PayloadReader payloads;
  private final Dialect dialect;

  InvocationForm(ModelConfig config) {
    this.payloads = new PayloadReader(config.maxNewTokens(), config.strictParameters());
    this.dialect = Dialect.of(config.dialect(), System.getenv());
  }

  @Override
  public Payload read(byte[] body, LoadedModel model) {
    return payloads.read(body);
  }

  @Override
  public Optional<TokenFormat> streamed(Payload asked, Accept accept) {
    return accept.format(asked.stream(), dialect).map(TokenFormat.class::cast);
  }

  @Override
  public Answer reply(ReplyText text, Completion completion, Map<String, String> headers) {
    return Answer.reply(text, completion, headers).in(dialect);
  }

  @Override
  public Answer error(FaultException failure) {
    return Answer.error(failure);
  }
}
