package io.sessionrouter.fleet;

import static io.sessionrouter.fleet.Endpoints.endpoint;
import static io.sessionrouter.fleet.Endpoints.healthy;
import static io.sessionrouter.fleet.Endpoints.variant;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sessionrouter.endpoint.EjectionSettings;
import io.sessionrouter.telemetry.FleetMeters;
import io.sessionrouter.testing.MutableClock;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whose fault a broken request is, and how many instances may be put out for it. */
class EjectionsTest {
  private static final Duration SHORTEST = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final MutableClock clock = new MutableClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private List<Member> members = List.of();
  private EndpointFleet fleet;
  private Ejections ejections;

  private void of(int instances, double maxShare) {
    members = IntStream.rangeClosed(1, instances).mapToObj(i -> healthy("main", i)).toList();
    fleet = new EndpointFleet(endpoint(null, variant("main", 1)), members);
    ejections =
        new Ejections(new EjectionSettings(maxShare, SHORTEST, LONGEST), new FleetMeters(registry));
  }

  // Whose fault

  @Test
  void threeClientsInARowPutAnInstanceOut() {
    of(3, 0.5);

    broken(0, 1);
    broken(0, 2);
    assertThat(out()).isZero();
    broken(0, 3);

    assertThat(members.getFirst().health().ejected()).isTrue();
    assertThat(count("ejected")).isEqualTo(1);
  }

  @Test
  void anAnswerToWhomeverBeginsTheRowAnew() {
    of(3, 0.5);

    broken(0, 1);
    broken(0, 2);
    answered(0, 9);
    broken(0, 3);
    broken(0, 4);

    assertThat(out()).isZero();
  }

  @Test
  void oneClientIsNobodysFaultButItsOwn() {
    of(3, 0.5);

    for (int i = 0; i < 30; i++) {
      broken(i % 3, 1);
    }
    for (int i = 0; i < 30; i++) {
      broken(0, 1);
    }

    assertThat(out()).isZero();
    assertThat(members).allSatisfy(m -> assertThat(m.health().failures()).isLessThan(2));
  }

  @Test
  void norIsOneClientWhereThereIsOneInstance() {
    of(1, 1);

    for (int i = 0; i < 10; i++) {
      broken(0, 1);
    }

    assertThat(out()).isZero();
  }

  /** Whom others answer, and one does not: it is the one. */
  @Test
  void aClientThatOthersAnswerCountsEachTime() {
    of(3, 0.5);

    broken(0, 1);
    answered(1, 1);
    broken(0, 1);
    answered(2, 1);
    broken(0, 1);

    assertThat(members.getFirst().health().ejected()).isTrue();
  }

  @Test
  void poisonDoesNotHideAnInstanceThatIsBroken() {
    of(3, 0.5);
    int poison = 1;
    int good = 2;

    for (int i = 0; i < 12; i++) {
      broken(i % 3, poison);
      if (i % 3 == 0) {
        broken(0, good);
      } else {
        answered(i % 3, good);
      }
    }

    assertThat(members.getFirst().health().ejected()).isTrue();
    assertThat(out()).isEqualTo(1);
  }

  @Test
  void aSessionCountsOnceHoweverOftenItBreaks() {
    of(3, 0.5);
    answered(1, 1);

    for (int i = 0; i < 10; i++) {
      ejections.failed(fleet, members.getFirst(), InstanceFailure.CLOSED, session(1, 7), now());
    }

    assertThat(out()).isZero();
  }

  @Test
  void sessionsOfOneClientCountEach() {
    of(3, 0.5);

    for (int session = 1; session <= 3; session++) {
      ejections.failed(
          fleet, members.getFirst(), InstanceFailure.CLOSED, session(1, session), now());
    }

    assertThat(members.getFirst().health().ejected()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"CONNECT_TIMEOUT", "UNREACHABLE", "CLOSED_IDLE"})
  void whatHappensToHealthyInstancesDoesNotCount(InstanceFailure failure) {
    of(3, 0.5);

    for (int client = 1; client <= 10; client++) {
      failed(0, failure, client);
    }

    assertThat(members.getFirst().health().failures()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"REFUSED", "INSECURE"})
  void whatNoRequestCanBringAboutCountsWhoeverAsks(InstanceFailure failure) {
    of(3, 0.5);

    for (int i = 0; i < 3; i++) {
      failed(0, failure, 1);
    }

    assertThat(members.getFirst().health().ejected()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"CLOSED", "NOT_HTTP", "NO_FIRST_BYTE"})
  void theRestCountsOncePerClient(InstanceFailure failure) {
    of(3, 0.5);

    for (int client = 1; client <= 3; client++) {
      assertThat(members.getFirst().health().ejected()).isFalse();
      failed(0, failure, client);
    }

    assertThat(members.getFirst().health().ejected()).isTrue();
  }

  @Test
  void whatIsKnownOfAClientIsForgotten() {
    of(3, 0.5);
    broken(1, 1);
    clock.advance(Duration.ofMinutes(2));

    broken(0, 1);

    assertThat(members.getFirst().health().failures()).isEqualTo(1);
  }

  @Test
  void ofManyClientsOnlySomeAreRemembered() {
    of(2, 0.5);

    for (int client = 1; client <= 10 * FailingClients.MAX_CLIENTS; client++) {
      broken(client % 2, client);
    }

    assertThat(out()).isEqualTo(1);
  }

  // The floor

  @ParameterizedTest
  @CsvSource({"1, 1, 0", "2, 0.5, 1", "2, 1, 1", "3, 0.5, 1", "4, 0.5, 2", "5, 0.2, 1", "9, 0, 0"})
  void noMoreThanAShareIsPutOutAndNeverTheLast(int instances, double maxShare, int most) {
    of(instances, maxShare);

    for (int instance = 0; instance < instances; instance++) {
      putOut(instance);
    }

    assertThat(out()).isEqualTo(most);
    assertThat(count("ejected")).isEqualTo(most);
    assertThat(count("kept")).isEqualTo(instances - most);
  }

  @Test
  void theLastOneThatChecksLeftIsKept() {
    of(3, 1);
    for (int i = 0; i < 3; i++) {
      members.get(1).observe(h -> h.checkFailed(now()), "test");
      members.get(2).observe(h -> h.checkFailed(now()), "test");
    }

    putOut(0);

    assertThat(members.getFirst().placeable()).isTrue();
  }

  // The way back

  @Test
  void eachTimeItStaysOutTwiceAsLong() {
    of(2, 0.5);
    Member member = members.getFirst();

    for (long hold : List.of(5000L, 10_000L, 20_000L, 40_000L, 60_000L, 60_000L)) {
      putOut(0);
      assertThat(member.holdMillis()).isEqualTo(hold);
      checkPasses(member, hold - 1);
      assertThat(member.placeable()).isFalse();
      checkPasses(member, 1);
      assertThat(member.placeable()).isTrue();
    }

    clock.advance(LONGEST.multipliedBy(2));
    putOut(0);
    assertThat(member.holdMillis()).isEqualTo(5000);
  }

  @Test
  void anAnsweredRequestOfASessionEndsTheHold() {
    of(2, 0.5);
    putOut(0);

    answered(0, 1);
    checkPasses(members.getFirst(), 1);

    assertThat(members.getFirst().placeable()).isTrue();
  }

  private void checkPasses(Member member, long later) {
    clock.advance(Duration.ofMillis(later));
    member.observe(h -> h.checkPassed("", now(), member.holdMillis()), "test");
  }

  /** By clients that nothing is known of. */
  private void putOut(int instance) {
    for (int client = 0; client < Health.FAILURE_THRESHOLD; client++) {
      failed(instance, InstanceFailure.REFUSED, 100 + client);
    }
  }

  private void broken(int instance, int client) {
    failed(instance, InstanceFailure.CLOSED, client);
  }

  private void failed(int instance, InstanceFailure failure, int client) {
    ejections.failed(fleet, members.get(instance), failure, LiveFleetTest.client(client), now());
  }

  private void answered(int instance, int client) {
    ejections.answered(members.get(instance), LiveFleetTest.client(client), clock);
  }

  private static Requester session(long client, long session) {
    return new Requester() {
      @Override
      public long client() {
        return client;
      }

      @Override
      public long session() {
        return session;
      }
    };
  }

  private long now() {
    return clock.millis();
  }

  private long out() {
    return members.stream().filter(m -> m.health().ejected()).count();
  }

  private double count(String result) {
    var counter = registry.find("session_router_ejections").tag("result", result).counter();
    return counter == null ? 0 : counter.count();
  }
}
