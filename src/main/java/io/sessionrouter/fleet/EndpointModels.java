package io.sessionrouter.fleet;

import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Settings;
import io.sessionrouter.fleet.ModelLoad.Waiter;
import io.sessionrouter.fleet.ModelPlace.Nowhere;
import io.sessionrouter.telemetry.ModelMeters;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The models of one endpoint: which member has which, and which are on their way.
 *
 * <p>Who has a model is read without a lock. Everything else changes under this object's monitor,
 * which is held for moments only, never while a container is asked.
 */
final class EndpointModels {
  /** Loads under way on the endpoint, per member of it. */
  static final int MAX_LOADS = 16;

  private final String endpoint;
  private final String prefix;
  private final @Nullable Integer spreadAt;
  private final WeightedPlacement placement;
  private final ModelMeters meters;
  private final InstantSource clock;
  private final Consumer<ModelLoad> begin;
  private final LoadFailures failures;
  private final LoadFailures pausedSpreads;
  private final Map<String, List<LoadedModel>> holders = new ConcurrentHashMap<>();
  private final Map<Member, MemberModels> members = new HashMap<>();
  private final Set<ModelLoad> loads = new HashSet<>();

  /**
   * @param begin is told of loads that are to begin
   */
  EndpointModels(
      String endpoint,
      Settings.Models settings,
      WeightedPlacement placement,
      ModelMeters meters,
      InstantSource clock,
      Consumer<ModelLoad> begin) {
    this.endpoint = endpoint;
    this.prefix = settings.prefix();
    this.spreadAt = settings.spreadAt();
    this.placement = placement;
    this.meters = meters;
    this.clock = clock;
    this.begin = begin;
    this.failures = new LoadFailures(clock);
    this.pausedSpreads = new LoadFailures(clock);
  }

  // For requests

  ModelPlace find(
      EndpointFleet fleet,
      @Nullable String variant,
      boolean opens,
      Collection<Member> tried,
      String target,
      Waiter waiter) {
    Work work = placement.work(fleet, opens, tried);
    VariantFleet chosen = placement.variant(fleet, variant, work);
    if (chosen == null) {
      return new Nowhere(placement.refusal(fleet, variant, opens));
    }
    LoadedModel holder = begunOn(target, chosen.name(), work);
    if (holder == null) {
      return load(fleet, chosen.name(), work.kept(), target, waiter);
    }
    if (spreadAt != null && holder.inFlight() > spreadAt) {
      considerSpread(fleet, chosen, work, target, spreadAt);
    }
    return holder;
  }

  /** The best holder, with a request begun on it; null if no member has the model. */
  private @Nullable LoadedModel begunOn(String target, String variant, Work work) {
    List<LoadedModel> all = holders.get(target);
    while (all != null) {
      LoadedModel best = best(all, variant, work);
      if (best == null || best.begin()) {
        return best;
      }
      all = holders.get(target);
    }
    return null;
  }

  private static @Nullable LoadedModel best(List<LoadedModel> all, String variant, Work work) {
    LoadedModel best = null;
    for (int i = 0; i < all.size(); i++) {
      LoadedModel one = all.get(i);
      if (one.open()
          && one.instance().variant().equals(variant)
          && work.fits(one.member())
          && (best == null || work.prefers(one.member(), best.member()))) {
        best = one;
      }
    }
    return best;
  }

  private ModelPlace load(
      EndpointFleet fleet, String variant, Work work, String target, Waiter waiter) {
    ModelLoad load;
    synchronized (this) {
      LoadedModel holder = begunOn(target, variant, work);
      if (holder != null) {
        return holder;
      }
      RouterException failure = failures.of(variant, target);
      if (failure != null) {
        return new Nowhere(failure);
      }
      ModelLoad running = running(target, variant, work.tried());
      if (running != null) {
        running.join(waiter, clock.millis());
        return running;
      }
      if (loads.size() >= MAX_LOADS * fleet.members().size()) {
        return new Nowhere(LoadErrors.busy(target));
      }
      load = new ModelLoad(this, model(target), work, variant, false, clock.millis());
      load.join(waiter, clock.millis());
      loads.add(load);
    }
    begin.accept(load);
    return load;
  }

  private @Nullable ModelLoad running(String target, String variant, Collection<Member> excluded) {
    for (ModelLoad load : loads) {
      if (load.model().target().equals(target) && load.serves(variant, excluded)) {
        return load;
      }
    }
    return null;
  }

  /** Loads the model on one more member, if it is busy on all that have it. */
  private void considerSpread(
      EndpointFleet fleet, VariantFleet variant, Work work, String target, int busyAt) {
    if (pausedSpreads.of(variant.name(), target) != null) {
      return;
    }
    List<LoadedModel> all = holders.getOrDefault(target, List.of());
    boolean busy =
        all.stream()
            .filter(h -> h.instance().variant().equals(variant.name()) && work.fits(h.member()))
            .allMatch(h -> h.inFlight() >= busyAt);
    if (busy && all.size() < fleet.members().size()) {
      spread(fleet, variant, work.kept(), target);
    }
  }

  private void spread(EndpointFleet fleet, VariantFleet variant, Work work, String target) {
    ModelLoad load = new ModelLoad(this, model(target), work, variant.name(), true, clock.millis());
    synchronized (this) {
      boolean others = variant.members().stream().anyMatch(m -> mayLoad(load, m));
      if (!others
          || running(target, variant.name(), List.of()) != null
          || loads.size() >= MAX_LOADS * fleet.members().size()) {
        return;
      }
      loads.add(load);
    }
    begin.accept(load);
  }

  /** For a session's request: its model on its member, whether or not we know that it is there. */
  LoadedModel begunOn(Member member, String target) {
    for (LoadedModel known : holders.getOrDefault(target, List.of())) {
      if (known.member() == member && known.begin()) {
        return known;
      }
    }
    LoadedModel unknown = new LoadedModel(model(target), member, clock);
    unknown.begin();
    return unknown;
  }

  // For loads

  /** The member that should load the model next, or null if none is left. */
  synchronized @Nullable Member choose(ModelLoad load, EndpointFleet fleet) {
    List<MemberModels> left = new ArrayList<>();
    for (Member member : fleet.members()) {
      if (mayLoad(load, member)) {
        left.add(of(member));
      }
    }
    Member chosen = left.stream().min(new LoadOrder(load)).map(MemberModels::member).orElse(null);
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

  /** The model is on the member. */
  void loaded(ModelLoad load, Member on) {
    LoadedModel model;
    Map<Waiter, Long> waiters;
    synchronized (this) {
      model = hold(on, load.model());
      waiters = finish(load);
      waiters.keySet().forEach(waiter -> model.begin());
    }
    failures.forget(load);
    pausedSpreads.forget(load);
    long now = clock.millis();
    waiters.forEach(
        (waiter, since) -> {
          meters.coldStart(endpoint, load.variant(), now - since);
          waiter.loaded(model);
        });
  }

  /** A member turned out to have it already. */
  @Nullable Member holder(ModelLoad load) {
    LoadedModel best =
        best(holders.getOrDefault(load.model().target(), List.of()), load.variant(), load.work());
    return best == null ? null : best.member();
  }

  /**
   * @param remembered how long requests for the model fail at once with the same failure
   */
  void failed(ModelLoad load, RouterException why, Duration remembered) {
    (load.spread() ? pausedSpreads : failures).remember(load, why, remembered);
    Map<Waiter, Long> waiters;
    synchronized (this) {
      waiters = finish(load);
    }
    waiters.keySet().forEach(waiter -> waiter.failed(why));
  }

  private Map<Waiter, Long> finish(ModelLoad load) {
    loads.remove(load);
    leaveMember(load);
    return load.leaveAll();
  }

  private void leaveMember(ModelLoad load) {
    Member member = load.member();
    MemberModels there = member == null ? null : members.get(member);
    if (there != null) {
      there.loads().remove(load);
    }
  }

  // What is known of members

  MemberModels of(Member member) {
    return members.computeIfAbsent(member, MemberModels::new);
  }

  /** The member has the model. */
  private LoadedModel hold(Member member, Model model) {
    MemberModels there = of(member);
    LoadedModel known = there.get(model.target());
    if (known != null && known.open()) {
      return known;
    }
    LoadedModel held = new LoadedModel(model, member, clock);
    there.add(held);
    publish(held);
    return held;
  }

  private void publish(LoadedModel held) {
    holders.merge(
        held.target(),
        List.of(held),
        (before, more) -> {
          List<LoadedModel> all = new ArrayList<>(before);
          all.removeIf(other -> other.member() == held.member());
          all.add(held);
          return List.copyOf(all);
        });
  }

  private void unpublish(LoadedModel gone) {
    holders.computeIfPresent(
        gone.target(),
        (target, all) -> {
          List<LoadedModel> rest = all.stream().filter(other -> other != gone).toList();
          return rest.isEmpty() ? null : rest;
        });
  }

  /** The member has the model no more. */
  synchronized void forget(LoadedModel model) {
    MemberModels there = of(model.member());
    LoadedModel known = there.get(model.target());
    if (known != null) {
      there.remove(known);
      unpublish(known);
    }
  }

  /** The model is about to be unloaded; no request can begin on it. */
  synchronized void leaves(LoadedModel model) {
    of(model.member()).leaves(model);
    unpublish(model);
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
    publish(model);
  }

  /** The member has no memory for the model; answers how often this was said to the load. */
  synchronized int full(ModelLoad load, Member member) {
    of(member).full();
    load.full(member);
    return load.saidFull();
  }

  synchronized boolean isFull(ModelLoad load, Member member) {
    return load.isFull(member);
  }

  synchronized void hasRoom(ModelLoad load, Member member) {
    load.hasRoom(member);
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

  /**
   * A listing has ended.
   *
   * @param changes our own when it began: if there were more since, it may be older than they
   * @param list null if it failed
   */
  synchronized void listingEnds(
      Member member, long now, long changes, @Nullable List<ModelApi.Listed> list) {
    MemberModels there = of(member);
    boolean current = list != null && there.changes() == changes;
    there.listingEnded(now, list == null, current);
    if (current) {
      told(there, list);
    }
  }

  /** A container told what it has. */
  private void told(MemberModels there, List<ModelApi.Listed> list) {
    Set<String> present = new HashSet<>();
    for (ModelApi.Listed listed : list) {
      Model model = ours(there, listed);
      if (model != null && !there.isLeaving(model.name())) {
        present.add(model.target());
        hold(there.member(), model);
      }
    }
    List.copyOf(there.loaded()).stream()
        .filter(model -> !present.contains(model.target()))
        .forEach(this::forget);
  }

  /** Of two routers' endpoints that share a container each sees its own models only. */
  private @Nullable Model ours(MemberModels there, ModelApi.Listed listed) {
    String url = listed.url();
    if (url == null || !url.startsWith(prefix + "/")) {
      return null;
    }
    String target = url.substring(prefix.length() + 1);
    LoadedModel known = there.get(target);
    Model model = known == null ? model(target) : known.model();
    return model.name().equals(listed.name()) ? model : null;
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
      there.loaded().forEach(model -> all.add(ModelStatus.of(model)));
      there.loads().forEach(load -> all.add(ModelStatus.of(load)));
      all.sort(java.util.Comparator.comparing(ModelStatus::name));
    }
    return all;
  }

  synchronized int count(String variant) {
    return members.values().stream()
        .filter(there -> there.member().instance().variant().equals(variant))
        .mapToInt(there -> there.loaded().size())
        .sum();
  }

  private Model model(String target) {
    return Model.of(prefix, target);
  }
}
