package io.sessionrouter.telemetry;

/** What a request asked for: values of the label {@code operation}. */
public enum OperationKind {
  INVOKE("invoke"),
  RESPONSE_STREAM("response_stream"),
  CHAT_COMPLETIONS("chat_completions"),
  COMPLETIONS("completions"),
  EMBEDDINGS("embeddings"),
  MODELS("models"),
  /** It failed before that was known. */
  UNKNOWN("");

  private final String label;

  OperationKind(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }
}
