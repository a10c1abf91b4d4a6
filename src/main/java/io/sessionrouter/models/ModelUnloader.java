package io.sessionrouter.models;

import io.sessionrouter.container.ContainerContract;
import io.sessionrouter.container.ModelApi;
import io.sessionrouter.container.ModelApi.Reply;
import io.sessionrouter.domain.ModelsInUse;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.fleet.StateVerdict;
import io.sessionrouter.telemetry.ModelMeters;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * Makes room on members: unloads what was not used for the longest time, has no session of any
 * replica and no request of this one. Of other replicas' requests the container itself says whether
 * there are any.
 */
final class ModelUnloader {
  private static final Logger LOG = Logger.getLogger(ModelUnloader.class);

  private final String endpoint;
  private final ModelDirectory directory;
  private final ModelApi api;
  private final ModelsInUse inUse;
  private final ModelMeters meters;

  ModelUnloader(String endpoint, ModelDirectory directory, ModelDependencies around) {
    this.endpoint = endpoint;
    this.directory = directory;
    this.api = around.api();
    this.inUse = around.inUse();
    this.meters = around.meters();
  }

  /**
   * Unloads one model.
   *
   * @param unusedSince only those that were not used since, epoch milliseconds
   * @param worth whether it is of use where the models of these targets stay
   * @return false if there is none; fails if it is unknown which models have sessions
   */
  Future<Boolean> unloadOne(Member from, long unusedSince, Predicate<Set<String>> worth) {
    return directory.afterUnloading(from, () -> begin(from, unusedSince, worth));
  }

  private Future<Boolean> begin(Member from, long unusedSince, Predicate<Set<String>> worth) {
    List<LoadedModel> idle = directory.watchIdle(from, unusedSince);
    if (idle.isEmpty()) {
      return Future.succeededFuture(false);
    }
    return Future.fromCompletionStage(
            inUse.on(
                endpoint,
                from.instance().id(),
                session -> from.verdict(session, 0) != StateVerdict.LOST))
        .onFailure(why -> LOG.warnf("models with sessions not known reason=\"%s\"", why))
        .map(bound -> without(bound, idle))
        .compose(
            free ->
                worth.test(staying(from, free))
                    ? firstOf(free.iterator())
                    : Future.succeededFuture(false));
  }

  private Set<String> staying(Member on, List<LoadedModel> free) {
    Set<String> staying = directory.targets(on);
    free.forEach(model -> staying.remove(model.target()));
    return staying;
  }

  private static List<LoadedModel> without(Set<String> bound, List<LoadedModel> idle) {
    List<LoadedModel> free = new ArrayList<>();
    for (LoadedModel model : idle) {
      if (bound.contains(model.target())) {
        model.kept();
      } else {
        free.add(model);
      }
    }
    return free;
  }

  private Future<Boolean> firstOf(Iterator<LoadedModel> candidates) {
    while (candidates.hasNext()) {
      LoadedModel next = candidates.next();
      if (next.closeUntouched()) {
        directory.leaves(next);
        return api.unload(next.instance(), next.model())
            .transform(reply -> unloaded(next, reply, candidates));
      }
    }
    return Future.succeededFuture(false);
  }

  private Future<Boolean> unloaded(
      LoadedModel model, AsyncResult<Reply> asked, Iterator<LoadedModel> others) {
    int status = asked.succeeded() ? asked.result().status() : 0;
    if (status == ContainerContract.NOT_FOUND || (status >= 200 && status < 300)) {
      directory.left(model);
      meters.unloaded(endpoint, model.instance().variant());
      LOG.infof("model unloaded model=%s instance=%s", model.target(), model.instance());
      return Future.succeededFuture(true);
    }
    if (status == ContainerContract.CONFLICT) {
      directory.stays(model);
    } else {
      LOG.warnf(
          "model not unloaded model=%s instance=%s status=%d reason=\"%s\"",
          model.target(), model.instance(), status, asked.cause());
      directory.left(model);
      directory.doubt(model.member());
    }
    return firstOf(others);
  }
}
