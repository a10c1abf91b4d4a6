package io.sessionrouter.fleet;

import io.sessionrouter.domain.Instance;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which member an instance is that was found: the one that is known, or a new one, of which is
 * known what was known of the instance before.
 *
 * @param old the fleet before
 * @param drained ids of instances that operators drain
 * @param now epoch milliseconds
 */
record MemberContinuity(EndpointFleet old, Set<String> drained, long now) {

  Member member(DiscoveredInstance found) {
    Instance instance = found.instance();
    Member known = old.member(instance.id());
    Member member =
        known != null && same(known.instance(), instance) && samePod(known, found)
            ? known
            : joined(known, found);
    member.stands(found.standing(), now);
    member.began(found.began());
    return member;
  }

  private Member joined(@Nullable Member known, DiscoveredInstance found) {
    Instance instance = found.instance();
    HealthLog.joined(instance);
    String bootElsewhere =
        known != null && !sameAddress(known.instance(), instance) ? known.health().bootId() : "";
    DepartedInstances.Departure last = old.departures().of(instance.id());
    Member member =
        new Member(instance, health(known, last), life(known, last, found), bootElsewhere);
    member.drainedByOperator(drained.contains(instance.id()), now);
    return member;
  }

  /** An instance is known by its id: what its last boot was outlives its address. */
  private static Health health(@Nullable Member known, DepartedInstances.@Nullable Departure last) {
    if (known != null) {
      return known.health().elsewhere();
    }
    return last == null ? Health.UNKNOWN : last.health().elsewhere();
  }

  private Incarnation life(
      @Nullable Member known,
      DepartedInstances.@Nullable Departure last,
      DiscoveredInstance found) {
    Instance is = found.instance();
    AddressBinding tie = AddressBinding.of(is, found.pod());
    if (known != null) {
      return sameAddress(known.instance(), is) && samePod(known, found)
          ? known.life()
          : known
              .life()
              .elsewhere(tie, is.authority(), found.pod(), known.end(0, knownUntil(known)));
    }
    return last == null
        ? Incarnation.begun(tie, is.authority(), found.pod())
        : last.life().elsewhere(tie, is.authority(), found.pod(), last.end());
  }

  /** Remembers the members that are not in the fleet to come. */
  void part(EndpointFleet replaced) {
    for (Member was : old.members()) {
      Member is = replaced.member(was.instance().id());
      if (is == null) {
        old.departures().left(was, knownUntil(was), now);
      }
      if (is == null || !sameAddress(is.instance(), was.instance())) {
        HealthLog.left(was.instance());
      }
    }
  }

  private long knownUntil(Member member) {
    return old.known().until(member.instance().variant()).here();
  }

  private static boolean samePod(Member known, DiscoveredInstance found) {
    return known.life().isOf(found);
  }

  private static boolean same(Instance a, Instance b) {
    return a.variant().equals(b.variant()) && sameAddress(a, b);
  }

  private static boolean sameAddress(Instance a, Instance b) {
    return a.host().equals(b.host()) && a.port() == b.port() && a.tls() == b.tls();
  }
}
