package io.sessionrouter.models;

import io.sessionrouter.container.Model;
import io.sessionrouter.container.ModelApi;
import io.sessionrouter.container.ModelState;
import io.sessionrouter.container.Unreachable;
import io.sessionrouter.domain.Instance;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Containers' models without containers; answers at once, or when a test says so. */
final class FakeModels implements ModelApi {
  final List<String> calls = new ArrayList<>();
  final List<Promise<Void>> held = new ArrayList<>();
  final Set<String> unreachable = new HashSet<>();
  final Set<String> inUse = new HashSet<>();
  final Map<String, Integer> room = new HashMap<>();
  final Map<String, Integer> refusals = new HashMap<>();
  private final Map<String, Map<String, Model>> present = new HashMap<>();
  boolean hold;
  boolean breaks;
  boolean silent;
  long timeout;

  /** The models of an instance, by target. */
  Map<String, Model> on(Instance instance) {
    return present.computeIfAbsent(instance.id(), id -> new LinkedHashMap<>());
  }

  long count(String call) {
    return calls.stream().filter(call::equals).count();
  }

  void letGo() {
    List<Promise<Void>> all = List.copyOf(held);
    held.clear();
    all.forEach(Promise::complete);
  }

  @Override
  public Future<Reply> load(Instance instance, Model model, long timeoutMillis) {
    calls.add("load " + model.target() + " " + instance.port());
    timeout = timeoutMillis;
    if (unreachable.contains(instance.id())) {
      return Future.failedFuture(new Unreachable(new IllegalStateException("refused")));
    }
    if (breaks) {
      return Future.failedFuture("broken");
    }
    return later().map(v -> reply(loaded(instance, model), "a word"));
  }

  private Future<Void> later() {
    if (!hold) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = Promise.promise();
    held.add(promise);
    return promise.future();
  }

  private int loaded(Instance instance, Model model) {
    Integer refused = refusals.get(model.target());
    if (refused != null) {
      return refused;
    }
    if (on(instance).containsKey(model.target())) {
      return 409;
    }
    if (on(instance).size() >= room.getOrDefault(instance.id(), 1000)) {
      return 507;
    }
    on(instance).put(model.target(), model);
    return 200;
  }

  @Override
  public Future<Reply> unload(Instance instance, Model model) {
    calls.add("unload " + model.target() + " " + instance.port());
    if (inUse.contains(model.target())) {
      return Future.succeededFuture(reply(409, "in use"));
    }
    boolean was = on(instance).remove(model.target()) != null;
    return Future.succeededFuture(reply(was ? 200 : 404, ""));
  }

  @Override
  public Future<Reply> discard(Instance instance, Model model) {
    calls.add("discard " + model.target() + " " + instance.port());
    return Future.succeededFuture(reply(404, ""));
  }

  @Override
  public Future<ModelState> state(Instance instance, Model model) {
    return Future.succeededFuture(
        on(instance).containsKey(model.target()) ? ModelState.READY : ModelState.ABSENT);
  }

  @Override
  public Future<List<Listed>> list(Instance instance) {
    calls.add("list " + instance.port());
    return silent
        ? Future.failedFuture("silent")
        : Future.succeededFuture(
            on(instance).values().stream().map(m -> new Listed(m.name(), m.url())).toList());
  }

  @Override
  public void close() {
    calls.add("close");
  }

  private static Reply reply(int status, String message) {
    return new Reply(status, message);
  }
}
