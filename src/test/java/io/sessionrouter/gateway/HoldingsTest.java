package io.sessionrouter.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sessionrouter.auth.Quota;
import io.sessionrouter.auth.quota.Quotas;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.session.Sessions.OwnerSlot;
import io.sessionrouter.session.Sessions.Slot;
import org.junit.jupiter.api.Test;

class HoldingsTest {
  private final FakeSessions sessions = new FakeSessions();
  private final Member member =
      new Member(new Instance("chat", "main", "chat-0", "127.0.0.1", 1, false));
  private final Holdings holdings = new Holdings(sessions, "chat");

  @Test
  void nothingIsHeldAfterItsRelease() {
    Slot slot = new Slot("chat", "chat-0", "token");
    sessions.slots.add(slot);
    holdings.acquire(new Route(null, member, null, slot), true);
    holdings.begin(member);
    holdings.opened(session("a"));

    assertThat(sessions.slots).isEmpty();
    assertThat(sessions.inUse).containsExactly("a");
    assertThat(member.inFlight()).isOne();

    holdings.release();

    assertThat(sessions.inUse).isEmpty();
    assertThat(member.inFlight()).isZero();
  }

  @Test
  void whatIsReleasedTwiceIsReleasedOnce() {
    holdings.acquire(new Route(session("a"), member, null, null), true);
    holdings.begin(member);
    holdings.release();
    member.began();
    sessions.inUse.add("a");

    holdings.release();

    assertThat(member.inFlight()).isOne();
    assertThat(sessions.inUse).containsExactly("a");
  }

  @Test
  void anotherRouteReplacesTheFirst() {
    Slot first = new Slot("chat", "chat-0", "first");
    Slot second = new Slot("chat", "chat-0", "second");
    sessions.slots.add(first);
    sessions.slots.add(second);

    holdings.acquire(new Route(null, member, null, first), true);
    holdings.acquire(new Route(null, member, null, second), true);

    assertThat(sessions.slots).containsExactly(second);
  }

  @Test
  void aRequestInASessionKeepsThatOneInUse() {
    holdings.acquire(new Route(session("a"), member, null, null), true);
    holdings.opened(session("b"));

    assertThat(sessions.inUse).containsExactly("a");
  }

  @Test
  void aPlaceOfItsPrincipalIsKeptWhileInstancesAreTried() {
    OwnerSlot place = new OwnerSlot("chat", "notebook", "1");
    sessions.ownerSlots.add(place);
    holdings.acquire(place);
    holdings.acquire(new Route(null, member, null, null), true);

    holdings.release();

    assertThat(sessions.ownerSlots).containsExactly(place);
    holdings.releaseAll();
    assertThat(sessions.ownerSlots).isEmpty();
    sessions.ownerSlots.add(place);
    holdings.releaseAll();
    assertThat(sessions.ownerSlots).containsExactly(place);
  }

  @Test
  void aSessionThatOpenedTakesThePlaceOfItsPrincipal() {
    OwnerSlot place = new OwnerSlot("chat", "notebook", "1");
    sessions.ownerSlots.add(place);
    holdings.acquire(place);

    holdings.opened(session("a"));

    assertThat(sessions.ownerSlots).isEmpty();
  }

  @Test
  void aRequestLeavesItsPrincipalsQuotaOnce() {
    Quota one = new Quota(null, null, 1, null, null);
    Quotas quotas = new Quotas(1, () -> 0);
    holdings.use(quotas.begin("notebook", "chat", one, 0));
    holdings.release();
    assertThatExceptionOfType(RouterException.class)
        .isThrownBy(() -> quotas.begin("notebook", "chat", one, 0));

    holdings.releaseAll();
    holdings.releaseAll();

    assertThat(quotas.begin("notebook", "chat", one, 0)).isNotNull();
    assertThatExceptionOfType(RouterException.class)
        .isThrownBy(() -> quotas.begin("notebook", "chat", one, 0));
  }

  private static Session session(String id) {
    return new Session(id, "chat-0", "boot", "main", "", "", 0, 1, 0);
  }
}
