package io.sessionrouter.fleet;

import io.sessionrouter.container.CheckResult;
import io.sessionrouter.domain.Instance;

/** Instances as this replica's checks find them, for tests of other rooms too. */
public final class Observed {

  private Observed() {}

  /** A pod that was not checked yet. */
  public static Member pod(Instance instance, String uid) {
    Incarnation begun =
        Incarnation.begun(AddressBinding.of(instance, uid), instance.authority(), uid);
    return new Member(instance, Health.UNKNOWN, begun, "");
  }

  public static Member passed(Member member, String boot, long at) {
    member.checked(new CheckResult.Passed(boot, false), at, at);
    return member;
  }

  public static Member failed(Member member, long at) {
    member.checked(new CheckResult.Failed("late"), at, at);
    return member;
  }

  public static Member refused(Member member, long at) {
    member.checked(new CheckResult.Refused(), at, at);
    return member;
  }

  /** Three checks in a row found nothing listening. */
  public static Member gone(Member member, long from, long until) {
    refused(member, from);
    refused(member, (from + until) / 2);
    return refused(member, until);
  }

  /** All that is known of it, for whoever looks for the cause of a failure. */
  public static String describe(Member member) {
    return member.instance().authority() + " " + member.health() + " " + member.life();
  }
}
