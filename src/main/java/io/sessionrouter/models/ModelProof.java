package io.sessionrouter.models;

import io.sessionrouter.container.Model;
import io.sessionrouter.container.ModelApi;
import io.sessionrouter.container.ModelState;
import io.sessionrouter.domain.LoadMarks.Mark;
import io.sessionrouter.fleet.Member;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;

/**
 * Knows which of the models that a member lists serve. A listing proves nothing: most model servers
 * list a model from the moment its load begins, and some keep its name when the load has failed.
 *
 * <p>Only names that are new are asked for, a few at a time.
 */
final class ModelProof {
  private static final int AT_ONCE = 8;

  private final ModelApi api;
  private final LoadClaims claims;
  private final BiPredicate<String, String> failing;

  /**
   * @param failing whether a model of a variant failed to load lately
   */
  ModelProof(ModelApi api, LoadClaims claims, BiPredicate<String, String> failing) {
    this.api = api;
    this.claims = claims;
    this.failing = failing;
  }

  /** The names of those that serve. Never fails. */
  Future<Set<String>> of(Member member, List<Model> listed) {
    Set<String> proven = ConcurrentHashMap.newKeySet();
    Iterator<Model> rest = listed.iterator();
    List<Future<Void>> lanes = new ArrayList<>();
    for (int lane = 0; lane < Math.min(AT_ONCE, listed.size()); lane++) {
      lanes.add(next(member, rest, proven));
    }
    return Future.join(lanes).<Set<String>>map(proven).otherwise(proven);
  }

  private Future<Void> next(Member member, Iterator<Model> rest, Set<String> proven) {
    Model model;
    synchronized (rest) {
      if (!rest.hasNext()) {
        return Future.succeededFuture();
      }
      model = rest.next();
    }
    return serves(member, model)
        .compose(
            serves -> {
              if (serves) {
                proven.add(model.name());
              }
              return next(member, rest, proven);
            });
  }

  private Future<Boolean> serves(Member member, Model model) {
    String variant = member.instance().variant();
    return claims
        .read(variant, model.target())
        .compose(
            mark ->
                isLoading(mark, member)
                    ? Future.succeededFuture(false)
                    : asked(member, model, mark));
  }

  private static boolean isLoading(Mark mark, Member member) {
    return mark instanceof Mark.Loading loading
        && loading.instance().equals(member.instance().id());
  }

  private Future<Boolean> asked(Member member, Model model, Mark mark) {
    boolean failed =
        mark instanceof Mark.Failed || failing.test(member.instance().variant(), model.target());
    return api.state(member.instance(), model)
        .map(state -> state == ModelState.READY || (state == ModelState.UNSAID && !failed));
  }
}
