package io.sessionrouter.container;

import io.sessionrouter.domain.Instance;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a multi-model container is asked. Futures fail with {@link Unreachable} if nothing was sent,
 * and otherwise if the container broke off or took too long.
 */
public interface ModelApi {
  /** Loads under way on an endpoint, per instance of it. */
  int MAX_LOADS = 16;

  /** {@code POST /models}. */
  Future<Reply> load(Instance instance, Model model, long timeoutMillis);

  /** {@code DELETE /models/{name}}, only if nothing uses the model. */
  Future<Reply> unload(Instance instance, Model model);

  /** {@code DELETE /models/{name}} of a name without a model behind it. */
  Future<Reply> discard(Instance instance, Model model);

  /** {@code GET /models/{name}}. Never fails. */
  Future<ModelState> state(Instance instance, Model model);

  /** {@code GET /models}, all pages. */
  Future<List<Listed>> list(Instance instance);

  /** Nothing will be asked any more. */
  void close();

  /**
   * An answer.
   *
   * @param message what it says, for people
   */
  record Reply(int status, String message) {}

  /** A model that a container says it has. */
  record Listed(String name, @Nullable String url) {}
}
