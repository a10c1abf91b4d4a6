package io.sessionrouter.container;

/**
 * Paths and statuses of the container contract; its header names stand with what reads and writes
 * them. {@code contract/README.md} lists them all, and a test compares the two.
 */
public final class ContainerContract {
  /** One request. */
  public static final String INVOCATIONS = "/invocations";

  /** OpenAI's: messages, and the next one. */
  public static final String CHAT_COMPLETIONS = "/v1/chat/completions";

  /** OpenAI's: a text, and how it goes on. */
  public static final String COMPLETIONS = "/v1/completions";

  /** OpenAI's: what a text means, in numbers. */
  public static final String EMBEDDINGS = "/v1/embeddings";

  /** OpenAI's: what models are called. */
  public static final String MODEL_NAMES = "/v1/models";

  /** The loaded models. */
  static final String MODELS = "/models";

  public static final int OK = 200;

  /** Of a model's description: the container has no such question. */
  static final int NO_SUCH_REQUEST = 400;

  public static final int NOT_FOUND = 404;

  /** Of a model's description: the container has no such question. */
  static final int NO_SUCH_METHOD = 405;

  /** A model to be loaded is there already; one to be unloaded is in use. */
  public static final int CONFLICT = 409;

  public static final int TOO_MANY_REQUESTS = 429;

  /** Of a model's description: the container has no such question. */
  static final int NOT_IMPLEMENTED = 501;

  /** The place where models lie failed. */
  public static final int BAD_GATEWAY = 502;

  public static final int UNAVAILABLE = 503;

  /** The place where models lie was too slow. */
  public static final int GATEWAY_TIMEOUT = 504;

  /** No memory for another model. */
  public static final int NO_MEMORY = 507;

  private ContainerContract() {}

  /** One loaded model. */
  static String model(String name) {
    return MODELS + "/" + name;
  }

  /** One request to a loaded model. */
  static String invoke(String name) {
    return model(name) + "/invoke";
  }
}
