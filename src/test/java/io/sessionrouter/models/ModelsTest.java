package io.sessionrouter.models;

import static io.sessionrouter.fleet.Endpoints.catalog;
import static io.sessionrouter.fleet.Endpoints.healthy;
import static io.sessionrouter.fleet.Endpoints.many;
import static io.sessionrouter.fleet.Endpoints.variant;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sessionrouter.container.Model;
import io.sessionrouter.container.ModelApi;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.ModelsSettings;
import io.sessionrouter.endpoint.VariantSettings;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Endpoints;
import io.sessionrouter.fleet.Fleet;
import io.sessionrouter.fleet.FleetView;
import io.sessionrouter.fleet.InstanceFailure;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.fleet.Rendezvous;
import io.sessionrouter.fleet.Requester;
import io.sessionrouter.fleet.WeightedPlacement;
import io.sessionrouter.models.ModelPlace.Nowhere;
import io.sessionrouter.telemetry.FleetMeters;
import io.sessionrouter.telemetry.ModelMeters;
import io.sessionrouter.testing.MutableClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which member serves and loads which model; containers answer when a test says so. */
class ModelsTest {
  private static final Duration RETRY = Duration.ofSeconds(30);
  private static final int SPREAD_AT = 4;
  private static Vertx vertx;

  private final FakeModels api = new FakeModels();
  private final MutableClock clock = new MutableClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Map<String, Integer> bound = new HashMap<>();
  private final Map<String, Set<String>> pinned = new HashMap<>();
  private final List<Member> failed = new ArrayList<>();
  private final Member one = healthy("main", 1);
  private final Member two = healthy("main", 2);
  private boolean storeAway;
  private EndpointFleet fleet;
  private ModelRegistry models;

  @BeforeAll
  static void openVertx() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void closeVertx() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  /** Waits for a load and remembers how it ended. */
  private static final class Caller implements ModelPlace.Waiter {
    private LoadedModel got;
    private RouterException why;

    @Override
    public void loaded(LoadedModel model) {
      got = model;
    }

    @Override
    public void failed(RouterException reason) {
      why = reason;
    }

    boolean waits() {
      return got == null && why == null;
    }
  }

  private void fleetOf(Member... members) {
    fleetOf(List.of(variant("main", 1)), members);
  }

  private void fleetOf(List<VariantSettings> variants, Member... members) {
    ModelsSettings many =
        new ModelsSettings(
            "s3://b/m", Duration.ofSeconds(60), Duration.ofSeconds(360), SPREAD_AT, RETRY);
    EndpointSettings endpoint = many(many, variants.toArray(VariantSettings[]::new));
    fleet = new EndpointFleet(endpoint, List.of(members));
    models = newReplica(endpoint);
  }

  private ModelRegistry newReplica(EndpointSettings endpoint) {
    SplittableRandom random = new SplittableRandom(42);
    return new ModelRegistry(
        vertx,
        catalog(endpoint),
        new ConstantFleet(),
        new WeightedPlacement(
            (name, id) -> bound.getOrDefault(id, 0), new FleetMeters(registry), () -> random),
        new ModelDependencies(
            api,
            (name, instance, counts) ->
                storeAway
                    ? CompletableFuture.failedStage(new IllegalStateException("away"))
                    : CompletableFuture.completedStage(pinned.getOrDefault(instance, Set.of())),
            new ModelMeters(registry),
            clock,
            failed::add,
            new NoMarks(),
            millis -> Future.failedFuture("nothing here takes time")));
  }

  private final class ConstantFleet implements FleetView {
    @Override
    public Fleet current() {
      return new Fleet(Map.of("chat", fleet));
    }

    @Override
    public void failed(Member member, InstanceFailure failure, Requester by) {}

    @Override
    public void answered(Member member, Requester by) {}
  }

  private Caller ask(String target) {
    return ask(target, null, List.of());
  }

  /** A request; what was found at once counts as got. */
  private Caller ask(String target, String variant, List<Member> tried) {
    Caller caller = new Caller();
    switch (models.find(fleet, variant, false, tried, Rendezvous.NONE, target, caller)) {
      case LoadedModel there -> caller.got = there;
      case Nowhere nowhere -> caller.why = nowhere.why();
      case ModelPlace.Loading load -> {}
    }
    return caller;
  }

  /** A request from its begin to its end. */
  private Member serve(String target) {
    Caller caller = ask(target);
    assertThat(caller.got).as("%s is served; failed: %s", target, caller.why).isNotNull();
    clock.advance(Duration.ofMillis(1));
    caller.got.end();
    return caller.got.member();
  }

  private void room(int models, Member... members) {
    for (Member member : members) {
      api.room.put(member.instance().id(), models);
    }
  }

  private double count(String meter, String outcome) {
    return registry.find(meter).tag("outcome", outcome).counters().stream()
        .mapToDouble(io.micrometer.core.instrument.Counter::count)
        .sum();
  }

  private long coldStarts() {
    return registry.get("session_router_cold_start").tag("cause", "model_load").timer().count();
  }

  @Test
  void aModelIsLoadedOnceAndServedFromThenOn() {
    fleetOf(one, two);

    Member first = serve("a");
    assertThat(IntStream.range(0, 10).mapToObj(i -> serve("a"))).containsOnly(first);

    assertThat(api.count("load a 1") + api.count("load a 2")).isEqualTo(1);
    assertThat(count("session_router_model_loads", "success")).isEqualTo(1);
    assertThat(coldStarts()).isEqualTo(1);
    assertThat(registry.get("session_router_model_wait").timer().count()).isEqualTo(1);
    assertThat(registry.get("session_router_models_loaded").gauge().value()).isEqualTo(1);
  }

  @Test
  void twoHundredFirstRequestsWaitForOneLoad() {
    fleetOf(one, two);
    api.hold = true;

    List<Caller> callers = IntStream.range(0, 200).mapToObj(i -> ask("a")).toList();
    assertThat(callers).allMatch(Caller::waits);
    assertThat(api.held).hasSize(1);
    api.letGo();

    assertThat(callers).allSatisfy(c -> assertThat(c.got).isNotNull());
    assertThat(callers.getFirst().got.inFlight()).isEqualTo(200);
    assertThat(coldStarts()).as("one model began, whoever waited for it").isEqualTo(1);
    assertThat(registry.get("session_router_model_wait").timer().count()).isEqualTo(200);
    callers.forEach(c -> c.got.end());
    assertThat(callers.getFirst().got.idle()).isTrue();
  }

  @Test
  void whoLeftIsNotCalled() {
    fleetOf(one);
    api.hold = true;
    Caller gone = new Caller();
    ModelPlace.Loading load =
        (ModelPlace.Loading) models.find(fleet, null, false, List.of(), Rendezvous.NONE, "a", gone);
    Caller stays = ask("a");

    load.leave(gone);
    api.letGo();

    assertThat(gone.waits()).isTrue();
    assertThat(stays.got.inFlight()).isEqualTo(1);
  }

  @Test
  void ofTheMembersThatHaveItTheLeastBusyServes() {
    fleetOf(one, two);
    api.on(one.instance()).put("a", model("a"));
    api.on(two.instance()).put("a", model("a"));
    models.tick();
    one.began();

    assertThat(serve("a")).isSameAs(two);
    two.began();
    two.began();
    assertThat(serve("a")).isSameAs(one);
    assertThat(api.calls).noneMatch(call -> call.startsWith("load"));
  }

  @Test
  void newModelsGoWhereLeastIsToDo() {
    fleetOf(one, two);
    one.began();

    assertThat(List.of(serve("a"), serve("b"), serve("c"))).containsOnly(two);
  }

  @Test
  void loadsUnderWayCountToo() {
    fleetOf(one, two);
    api.hold = true;

    ask("a");
    ask("b");

    assertThat(api.calls.stream().filter(c -> c.startsWith("load")).map(c -> c.substring(7)))
        .containsExactlyInAnyOrder("1", "2");
  }

  @Test
  void replicasAgreeAndModelsScatter() {
    Member[] members =
        IntStream.range(1, 5).mapToObj(p -> healthy("main", p)).toArray(Member[]::new);
    fleetOf(members);
    List<String> targets = IntStream.range(0, 100).mapToObj(i -> "m" + i).toList();
    List<Integer> mine = targets.stream().map(t -> serve(t).instance().port()).toList();
    for (Member member : members) {
      api.on(member.instance()).clear();
    }
    fleetOf(members);

    assertThat(targets.stream().map(t -> serve(t).instance().port())).isEqualTo(mine);
    assertThat(List.of(1, 2, 3, 4))
        .allSatisfy(
            port -> assertThat(mine.stream().filter(port::equals).count()).isBetween(10L, 45L));
  }

  @Test
  void aBusyModelSpreads() {
    fleetOf(one, two);
    List<Caller> before = IntStream.range(0, SPREAD_AT).mapToObj(i -> ask("a")).toList();
    Member first = before.getFirst().got.member();
    assertThat(api.calls.stream().filter(c -> c.startsWith("load"))).hasSize(1);

    Caller busy = ask("a");

    assertThat(busy.got.member()).as("served without waiting").isSameAs(first);
    assertThat(api.on(one.instance())).containsKey("a");
    assertThat(api.on(two.instance())).containsKey("a");
    assertThat(coldStarts()).as("nobody waited for the second").isEqualTo(1);
    first.began();
    assertThat(ask("a").got.member()).isNotSameAs(first);
  }

  @Test
  void aSpreadThatFailsIsNotTriedForEveryRequest() {
    fleetOf(one, two);
    IntStream.range(0, SPREAD_AT).forEach(i -> ask("a"));
    api.refusals.put("a", 500);

    assertThat(IntStream.range(0, 10).mapToObj(i -> ask("a"))).allMatch(c -> c.got != null);
    assertThat(api.calls.stream().filter(c -> c.startsWith("load"))).hasSize(2);
    clock.advance(RETRY);
    ask("a");
    assertThat(api.calls.stream().filter(c -> c.startsWith("load"))).hasSize(3);
  }

  @Test
  void aSpreadDrivesOutNothingThatWasUsedLately() {
    fleetOf(one, two);
    room(1, one, two);
    Member first = serve("a");
    Member other = serve("b");
    assertThat(other).isNotSameAs(first);
    IntStream.range(0, SPREAD_AT + 1).forEach(i -> ask("a"));

    assertThat(api.calls).noneMatch(c -> c.startsWith("unload"));
    clock.advance(Duration.ofMinutes(2));
    ask("a");
    assertThat(api.count("unload b " + other.instance().port())).isEqualTo(1);
    assertThat(api.on(other.instance())).containsOnlyKeys("a");
  }

  @Test
  void theLeastRecentlyUsedModelMakesRoom() {
    fleetOf(one);
    room(2, one);
    serve("a");
    serve("b");
    serve("a");

    serve("c");

    assertThat(api.on(one.instance())).containsOnlyKeys("a", "c");
    assertThat(registry.get("session_router_model_unloads").counter().count()).isEqualTo(1);
  }

  @Test
  void aMemberThatSaidItIsFullIsAskedLast() {
    fleetOf(one, two);
    room(1, one);
    one.began();
    serve("a");
    one.ended(false);
    two.began();
    serve("b");
    assertThat(api.on(one.instance())).containsOnlyKeys("b");
    serve("c");
    two.ended(false);
    api.calls.clear();

    serve("d");

    assertThat(api.calls.stream().filter(c -> c.startsWith("load"))).containsExactly("load d 2");
  }

  @Test
  void nothingIsUnloadedWhileThereIsRoomElsewhere() {
    fleetOf(one, two);
    room(1, one, two);
    two.began();
    serve("a");

    assertThat(serve("b")).isSameAs(two);
    assertThat(api.calls).noneMatch(c -> c.startsWith("unload"));
  }

  @Test
  void whereAllAreFullTheLeastUsedModelOfAllGoes() {
    fleetOf(one, two);
    room(1, one, two);
    Member first = serve("a");
    serve("b");
    serve("a");
    serve("c");

    assertThat(api.on(first.instance())).containsKey("a");
    assertThat(models.of(first)).extracting(ModelStatus::name).containsExactly("a");
    assertThat(models.of(first == one ? two : one))
        .extracting(ModelStatus::name)
        .containsExactly("c");
  }

  @Test
  void aModelWithASessionStays() {
    fleetOf(one);
    room(2, one);
    serve("a");
    serve("b");
    pinned.put(one.instance().id(), Set.of("a"));

    serve("c");

    assertThat(api.on(one.instance())).containsOnlyKeys("a", "c");
  }

  @Test
  void aSessionThatLiesIdleDoesNotMakeItsMemberTheFirstChoice() {
    fleetOf(one, two);
    room(2, one, two);
    Member home = serve("bound");
    pinned.put(home.instance().id(), Set.of("bound"));
    List.of("a", "b", "c").forEach(this::serve);

    List.of("d", "e", "f", "g").forEach(this::serve);

    Member other = home == one ? two : one;
    assertThat(api.on(other.instance())).as("its old models").doesNotContainKeys("a", "b", "c");
    assertThat(api.on(home.instance())).containsKey("bound");
  }

  @Test
  void aModelWithARequestStays() {
    fleetOf(one);
    room(2, one);
    Caller busy = ask("a");
    serve("b");

    serve("c");

    assertThat(api.on(one.instance())).containsOnlyKeys("a", "c");
    busy.got.end();
  }

  @Test
  void aModelThatItsContainerCallsInUseStays() {
    fleetOf(one);
    room(2, one);
    serve("a");
    serve("b");
    api.inUse.add("a");

    serve("c");

    assertThat(api.on(one.instance())).containsOnlyKeys("a", "c");
    api.calls.clear();
    serve("a");
    assertThat(api.calls).isEmpty();
  }

  @Test
  void whereEverythingIsInUseThereIsNoMemory() {
    fleetOf(one, two);
    room(1, one, two);
    Caller a = ask("a");
    pinned.put("127.0.0.1:1", Set.of("a", "b"));
    pinned.put("127.0.0.1:2", Set.of("a", "b"));
    serve("b");

    Caller none = ask("c");

    assertThat(none.why.kind()).isEqualTo(FailureKind.NO_MODEL_MEMORY);
    assertThat(api.calls).noneMatch(c -> c.startsWith("unload"));
    long asked = api.calls.size();
    assertThat(ask("c").why).as("no storm").isSameAs(none.why);
    assertThat(api.calls).hasSize((int) asked);
    a.got.end();
    pinned.clear();
    clock.advance(Duration.ofSeconds(1));
    serve("c");
  }

  @Test
  void nothingIsUnloadedWhileNobodyKnowsTheSessions() {
    fleetOf(one);
    room(1, one);
    serve("a");
    storeAway = true;

    assertThat(ask("b").why.kind()).isEqualTo(FailureKind.NO_MODEL_MEMORY);
    assertThat(api.on(one.instance())).containsOnlyKeys("a");
  }

  @ParameterizedTest
  @CsvSource({
    "404, MODEL_NOT_FOUND",
    "400, MODEL_LOAD_FAILED",
    "422, MODEL_LOAD_FAILED",
    "500, MODEL_LOAD_FAILED",
    "502, MODEL_LOAD_BROKE",
    "504, MODEL_LOAD_BROKE",
  })
  void aFailedLoadIsRememberedForAWhile(int status, FailureKind kind) {
    fleetOf(one, two);
    api.refusals.put("a", status);

    RouterException why = ask("a").why;
    assertThat(why.kind()).isEqualTo(kind);
    assertThat(IntStream.range(0, 50).mapToObj(i -> ask("a").why)).containsOnly(why);
    assertThat(api.calls.stream().filter(c -> c.startsWith("load"))).hasSize(1);
    assertThat(count("session_router_model_loads", kind.label())).isEqualTo(1);

    api.refusals.clear();
    clock.advance(RETRY);
    serve("a");
  }

  @Test
  void aFailureIsToldToAllWhoWait() {
    fleetOf(one);
    api.hold = true;
    api.refusals.put("a", 400);
    List<Caller> callers = IntStream.range(0, 20).mapToObj(i -> ask("a")).toList();

    api.letGo();

    assertThat(callers)
        .allSatisfy(c -> assertThat(c.why.text()).contains("a could not be loaded: a word"));
  }

  @Test
  void aModelLoadedByOthersIsServedAlthoughOurLoadFailed() {
    fleetOf(one);
    api.refusals.put("a", 502);
    ask("a");
    api.on(one.instance()).put("a", model("a"));
    clock.advance(Endpoints.INTERVAL);
    models.tick();

    assertThat(serve("a")).isSameAs(one);
  }

  @Test
  void anUnreachableMemberIsPassedOver() {
    fleetOf(one, two);
    two.began();
    api.unreachable.add(one.instance().id());

    assertThat(serve("a")).isSameAs(two);
    assertThat(failed).containsExactly(one);
  }

  @Test
  void aMemberThatHasNoTimeIsPassedOverAndWhenNoneHasTheModelIsNotReady() {
    fleetOf(one, two);
    api.refusals.put("a", 503);

    assertThat(ask("a").why.kind()).isEqualTo(FailureKind.MODEL_NOT_READY);
    assertThat(api.calls.stream().filter(c -> c.startsWith("load"))).hasSize(2);
  }

  @Test
  void aLoadThatBreaksOffIsNotTriedElsewhere() {
    fleetOf(one, two);
    api.breaks = true;

    assertThat(ask("a").why.kind()).isEqualTo(FailureKind.MODEL_LOAD_BROKE);
    assertThat(api.calls.stream().filter(c -> c.startsWith("load"))).hasSize(1);
  }

  @Test
  void loadsHaveATime() {
    fleetOf(one);
    room(2, one);
    serve("a");
    serve("b");
    api.hold = true;

    Caller late = ask("c");
    assertThat(api.timeout).isEqualTo(360_000);
    clock.advance(Duration.ofSeconds(100));
    api.letGo();
    assertThat(api.timeout).as("what is left after the first answer").isEqualTo(260_000);
    api.on(one.instance()).put("d", model("d"));
    clock.advance(Duration.ofSeconds(260));
    api.letGo();

    assertThat(late.why.text()).contains("was not loaded in time (limit: 360 s)");
  }

  @Test
  void whatMembersHaveIsAskedBeforeAnythingIsLoadedTwice() {
    fleetOf(one, two);
    api.on(two.instance()).put("a", model("a"));

    assertThat(serve("a")).isSameAs(two);
    assertThat(api.calls).containsExactlyInAnyOrder("list 1", "list 2");
  }

  @Test
  void aMemberThatDoesNotTellIsLoadedOnAllTheSame() {
    fleetOf(one);
    api.silent = true;

    serve("a");
    assertThat(api.on(one.instance())).containsOnlyKeys("a");
  }

  @Test
  void othersLoadsAndUnloadsAreSeen() {
    fleetOf(one, two);
    models.tick();
    api.on(two.instance()).put("a", model("a"));
    models.tick();
    assertThat(models.of(two)).as("not asked before its time").isEmpty();
    clock.advance(Endpoints.INTERVAL);
    models.tick();
    assertThat(models.of(two)).extracting(ModelStatus::name).containsExactly("a");

    api.on(two.instance()).clear();
    clock.advance(Endpoints.INTERVAL);
    models.tick();

    assertThat(models.of(two)).isEmpty();
  }

  @Test
  void modelsOfOtherEndpointsAreNotOurs() {
    fleetOf(one);
    api.on(one.instance()).put("other", Model.of("s3://other", "a"));
    api.on(one.instance()).put("odd", new Model("a", "named-by-someone-else", "s3://b/m/a"));
    models.tick();

    assertThat(models.of(one)).isEmpty();
  }

  @Test
  void aRestartedMemberHasNothing() {
    fleetOf(one);
    one.observe(h -> h.checkPassed("boot-1", 1, 1), "test");
    models.tick();
    serve("a");
    api.on(one.instance()).clear();
    one.observe(h -> h.checkPassed("boot-2", 2, 1), "test");

    models.tick();

    assertThat(models.of(one)).isEmpty();
  }

  @Test
  void anUnhealthyMemberServesNothingAndIsAskedWhenItIsBack() {
    fleetOf(one, two);
    Member first = serve("a");
    IntStream.range(0, 3).forEach(i -> first.observe(h -> h.checkFailed(1), "test"));
    models.tick();

    assertThat(serve("a")).isNotSameAs(first);
    first.observe(h -> h.checkPassed("", 2, 1), "test");
    api.calls.clear();
    models.tick();
    assertThat(api.calls).contains("list " + first.instance().port());
  }

  @Test
  void aModelThatIsGoneIsForgotten() {
    fleetOf(one);
    serve("a");
    Caller stale = ask("a");
    api.on(one.instance()).clear();

    assertThat(models.gone(stale.got).result()).isTrue();
    assertThat(models.of(one)).isEmpty();
    stale.got.end();
    serve("a");
    assertThat(api.count("load a 1")).isEqualTo(2);
  }

  @Test
  void anErrorOfAModelThatIsThereIsItsOwn() {
    fleetOf(one);
    serve("a");
    Caller caller = ask("a");

    assertThat(models.gone(caller.got).result()).isFalse();
    assertThat(models.of(one)).hasSize(1);
  }

  @Test
  void everyVariantHasItsOwnModels() {
    Member canary = healthy("canary", 3);
    fleetOf(List.of(variant("canary", 0), variant("main", 1)), one, canary);
    serve("a");

    assertThat(ask("a", "canary", List.of()).got.member()).isSameAs(canary);
    assertThat(api.count("load a 1")).isEqualTo(1);
    assertThat(api.count("load a 3")).isEqualTo(1);
    assertThat(ask("a").got.member()).isSameAs(one);
  }

  @Test
  void weightsShareModelsToo() {
    Member canary = healthy("canary", 3);
    fleetOf(List.of(variant("canary", 1), variant("main", 9)), one, canary);

    long canaries = IntStream.range(0, 1000).filter(i -> serve("a") == canary).count();

    assertThat(canaries).isBetween(60L, 140L);
  }

  @Test
  void whatARequestTriedInVainIsNotItsPlaceAgain() {
    fleetOf(one, two);
    Member first = serve("a");

    assertThat(ask("a", null, List.of(first)).got.member()).isNotSameAs(first);
    assertThat(ask("a", null, List.of(one, two)).why.kind())
        .isEqualTo(FailureKind.NO_HEALTHY_INSTANCE);
  }

  @Test
  void loadsAreBounded() {
    fleetOf(one);
    api.hold = true;

    List<Caller> callers =
        IntStream.range(0, ModelApi.MAX_LOADS + 1).mapToObj(i -> ask("m" + i)).toList();

    assertThat(callers.getLast().why.kind()).isEqualTo(FailureKind.MODEL_NOT_READY);
    assertThat(callers.subList(0, ModelApi.MAX_LOADS)).allMatch(Caller::waits);
  }

  @Test
  void loadsAreShown() {
    fleetOf(one);
    serve("a");
    api.hold = true;
    ask("b");

    assertThat(models.of(one))
        .extracting(ModelStatus::name, ModelStatus::state)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("a", ModelStatus.State.LOADED),
            org.assertj.core.groups.Tuple.tuple("b", ModelStatus.State.LOADING));
  }

  @Test
  void aSessionsModelIsUsedWhetherOrNotItIsKnown() {
    fleetOf(one);
    LoadedModel unknown = models.on(fleet, one, "a");
    assertThat(unknown.invokePath()).isEqualTo("/models/" + model("a").name() + "/invoke");
    unknown.end();
    serve("a");

    LoadedModel known = models.on(fleet, one, "a");
    assertThat(ask("a").got).isSameAs(known);
  }

  private static Model model(String target) {
    return Model.of("s3://b/m", target);
  }
}
