package io.sessionrouter.models;

import io.sessionrouter.container.Model;
import io.sessionrouter.container.ModelApi;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Member;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which member of an endpoint has which model, as far as this replica knows, and which is being
 * loaded where.
 *
 * <p>Who has a model is read without a lock. Everything else is this object's own, and changes
 * under its monitor, which is held for moments only, never while a container is asked.
 */
final class ModelDirectory {
  private final ListedModels lists;
  private final InstantSource clock;
  private final ModelHolders holders = new ModelHolders();
  private final Map<Member, MemberModels> members = new HashMap<>();

  /**
   * @param prefix where the endpoint's models lie
   */
  ModelDirectory(String prefix, InstantSource clock) {
    this.lists = new ListedModels(prefix);
    this.clock = clock;
  }

  Model model(String target) {
    return lists.model(target);
  }

  ModelHolders holders() {
    return holders;
  }

  private MemberModels of(Member member) {
    return members.computeIfAbsent(member, MemberModels::new);
  }

  /** The member has the model. */
  synchronized LoadedModel hold(Member member, Model model) {
    MemberModels there = of(member);
    LoadedModel known = there.get(model.target());
    if (known != null && known.open()) {
      return known;
    }
    LoadedModel held = new LoadedModel(model, member, clock);
    there.add(held);
    holders.publish(held);
    return held;
  }

  /** The member has the model no more. */
  synchronized void forget(LoadedModel model) {
    MemberModels there = of(model.member());
    if (there.get(model.target()) == model) {
      there.remove(model);
      holders.withdraw(model);
    }
  }

  /** The model is about to be unloaded; no request can begin on it. */
  synchronized void leaves(LoadedModel model) {
    of(model.member()).leaves(model);
    holders.withdraw(model);
  }

  synchronized void left(LoadedModel model) {
    of(model.member()).left(model);
  }

  /** The container kept it. */
  synchronized void stays(LoadedModel model) {
    MemberModels there = of(model.member());
    there.left(model);
    model.reopen();
    there.add(model);
    holders.publish(model);
  }

  /** What the member has may have changed without our seeing it. */
  synchronized void doubt(Member member) {
    of(member).doubt();
  }

  Future<Boolean> afterUnloading(Member member, Supplier<Future<Boolean>> next) {
    Promise<Boolean> promise = Promise.promise();
    Future<Boolean> before;
    synchronized (this) {
      before = of(member).unloadingBegins(promise.future());
    }
    before.transform(whatever -> next.get()).onComplete(promise);
    return promise.future();
  }

  /** Its models that are not in use here, the least used first; from now on their use is seen. */
  synchronized List<LoadedModel> watchIdle(Member member, long unusedSince) {
    List<LoadedModel> idle = of(member).idleSince(unusedSince);
    idle.forEach(LoadedModel::watch);
    return idle;
  }

  /** The targets of the models that take memory on the member. */
  synchronized Set<String> targets(Member member) {
    return of(member).targets();
  }

  /** Whether nothing else than the model is on the member, as far as is known. */
  synchronized boolean isAlone(Member member, String target) {
    MemberModels there = of(member);
    return there.empty() && Set.of(target).containsAll(there.targets());
  }

  // Loads

  /** The member that should load the model next, or null if none is left. */
  synchronized @Nullable Member choose(ModelLoad load, EndpointFleet fleet) {
    List<MemberModels> left = new ArrayList<>();
    for (Member member : fleet.members()) {
      if (mayLoad(load, member)) {
        left.add(of(member));
      }
    }
    Member chosen = preferred(load, left);
    leaveMember(load);
    if (chosen != null) {
      load.tries(chosen);
      of(chosen).loads().add(load);
    }
    return chosen;
  }

  private boolean mayLoad(ModelLoad load, Member member) {
    MemberModels there = of(member);
    return member.instance().variant().equals(load.variant())
        && load.work().fits(member)
        && !load.hasTried(member)
        && there.get(load.model().target()) == null
        && !there.isLeaving(load.model().name());
  }

  /** Room that is being made for a model is of use on one member only. */
  private static @Nullable Member preferred(ModelLoad load, List<MemberModels> left) {
    Member cleared = load.cleared();
    boolean goOn = cleared != null && left.stream().anyMatch(there -> there.member() == cleared);
    return goOn
        ? cleared
        : left.stream().min(new LoadOrder(load)).map(MemberModels::member).orElse(null);
  }

  /** Whether a member is left that the load may be tried on. */
  synchronized boolean mayLoad(ModelLoad load, Collection<Member> some) {
    return some.stream().anyMatch(member -> mayLoad(load, member));
  }

  /** Another replica loads the model: the load goes on when that one has ended. */
  synchronized void suspend(ModelLoad load) {
    leaveMember(load);
    load.untried();
  }

  /**
   * The load has brought the model to the member.
   *
   * @param requests begun on it before anybody can find it idle
   */
  synchronized LoadedModel loaded(ModelLoad load, Member on, int requests) {
    LoadedModel model = hold(on, load.model());
    for (int i = 0; i < requests; i++) {
      model.begin();
    }
    leaveMember(load);
    return model;
  }

  /** The load has ended without the model. */
  synchronized void leave(ModelLoad load) {
    leaveMember(load);
  }

  /**
   * The member has no memory for the model.
   *
   * @return how often members were full for this load
   */
  synchronized int full(ModelLoad load, Member member) {
    if (!load.unloaded()) {
      // A model that needs the room of several says nothing of the room for others.
      of(member).full();
    }
    return load.full(member);
  }

  private void leaveMember(ModelLoad load) {
    Member member = load.member();
    if (member != null) {
      of(member).loads().remove(load);
    }
  }

  // Listings

  synchronized boolean due(Member member, long now, long interval) {
    return of(member).due(now, interval);
  }

  synchronized boolean listed(Member member) {
    return of(member).listed();
  }

  synchronized long changes(Member member) {
    return of(member).changes();
  }

  /**
   * A listing begins unless one is under way.
   *
   * @return the one under way, or null
   */
  synchronized @Nullable Future<Void> listingBegins(Member member, Future<Void> begun) {
    MemberModels there = of(member);
    Future<Void> running = there.listing();
    if (running == null) {
      there.listing(begun);
    }
    return running;
  }

  /** Those listed that are ours and not known to serve. */
  synchronized List<Model> unproven(Member member, List<ModelApi.Listed> list) {
    return lists.unproven(of(member), list);
  }

  /** These models serve. */
  synchronized void proves(Member member, Collection<String> names) {
    of(member).proves(names);
  }

  /**
   * A listing has ended.
   *
   * @param changes our own when it began: if there were more since, it may be older than they
   * @param list null if it failed
   * @return whether it failed, and the one before did not
   */
  synchronized boolean listingEnds(
      Member member, long now, long changes, @Nullable List<ModelApi.Listed> list) {
    MemberModels there = of(member);
    boolean current = there.changes() == changes;
    boolean firstFailure = there.listingEnded(now, list == null, list != null && current);
    if (list != null && current) {
      believe(there, list);
    }
    return firstFailure;
  }

  private void believe(MemberModels there, List<ModelApi.Listed> list) {
    ListedModels.Content content = lists.content(there, list);
    Set<String> present = new HashSet<>();
    for (Model model : content.served()) {
      present.add(model.target());
      hold(there.member(), model);
    }
    List.copyOf(there.loaded()).stream()
        .filter(model -> !present.contains(model.target()))
        .forEach(this::forget);
    there.others(content.others());
    there.lists(list.stream().map(ModelApi.Listed::name).toList());
  }

  /** A container that began anew has no models. */
  synchronized void beginAnewIfNeeded(Member member) {
    MemberModels there = of(member);
    if (there.beganAnew()) {
      clear(there);
    }
  }

  private void clear(MemberModels there) {
    List.copyOf(there.loaded()).forEach(this::forget);
    there.reset();
  }

  synchronized void retain(Collection<Member> present) {
    for (Member left : List.copyOf(members.keySet())) {
      if (!present.contains(left)) {
        clear(of(left));
        members.remove(left);
      }
    }
  }

  // For people

  synchronized List<ModelStatus> on(Member member) {
    MemberModels there = members.get(member);
    List<ModelStatus> all = new ArrayList<>();
    if (there != null) {
      there.loaded().forEach(model -> all.add(model.status()));
      there.loads().forEach(load -> all.add(load.status()));
      all.sort(Comparator.comparing(ModelStatus::name));
    }
    return all;
  }

  synchronized int count(String variant) {
    return members.values().stream()
        .filter(there -> there.member().instance().variant().equals(variant))
        .mapToInt(there -> there.loaded().size())
        .sum();
  }
}
