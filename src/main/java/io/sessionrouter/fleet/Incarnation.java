package io.sessionrouter.fleet;

import io.sessionrouter.domain.IncarnationName;
import io.sessionrouter.domain.Instance;
import java.util.ArrayList;
import java.util.List;

/**
 * What is known of the lives of one instance's container, and so of the sessions it holds; an
 * immutable value, replaced as a whole.
 *
 * <p>Its methods are the rule of evidence: each observation adds to what is known, and {@link
 * #verdict} says what follows for a session. An observation is as old as the question that it
 * answers.
 *
 * @param tie whether what happens at the address happens to the instance
 * @param platform what the platform calls the present life; empty where the address is the instance
 * @param boot the boot id that the container reported last; empty if it reported none
 * @param bootSince when the check was sent that found that boot first, at this address
 * @param bootUntil when the last one was sent; 0 if none found it at this address
 * @param former lives that have ended
 * @param seen whether anything has answered at this address
 * @param endedBefore lives without a boot id have ended that sessions stored before this belong to
 * @param refusedFrom when the first check was sent since which nothing listens; 0 if something does
 * @param refusedUntil when the last one was sent
 */
record Incarnation(
    AddressBinding tie,
    String platform,
    String boot,
    long bootSince,
    long bootUntil,
    List<String> former,
    boolean seen,
    long endedBefore,
    long refusedFrom,
    long refusedUntil) {

  /** How far the clocks of two replicas may be apart, where nothing but them gives an order. */
  static final long CLOCK_TOLERANCE_MILLIS = 10_000;

  /** After so long a door that was never seen open counts as closed, not as the wrong one. */
  static final long UNSEEN_GRACE_MILLIS = 60_000;

  private static final int MAX_FORMER = 16;

  /**
   * @param pod the UID of the pod; empty if it is none
   */
  static Incarnation begun(AddressBinding tie, String address, String pod) {
    return new Incarnation(tie, name(tie, address, pod), "", 0, 0, List.of(), false, 0, 0, 0);
  }

  /**
   * The instance is met at another address, or in another pod, or comes back.
   *
   * @param end how it ended where it was
   */
  Incarnation elsewhere(AddressBinding to, String address, String pod, End end) {
    String name = name(to, address, pod);
    if (tie != to || tie == AddressBinding.LOOSE) {
      return begun(to, address, pod);
    }
    long ended = end.gone && counts(0) ? closed() : tie == AddressBinding.SAME ? end.left : 0;
    long before = Math.max(endedBefore, ended);
    if (platform.equals(name)) {
      return new Incarnation(to, name, boot, 0, 0, former, false, before, 0, 0);
    }
    List<String> over = with(former, platform);
    boolean itsOwn = end.gone || wasMetBy(end.known);
    return new Incarnation(to, name, "", 0, 0, itsOwn ? with(over, boot) : over, false, 0, 0, 0);
  }

  /**
   * Whether the boot was met at the address while that was this instance's for certain. Both
   * moments are of this replica's own clock, so what clocks may differ by does not count.
   */
  private boolean wasMetBy(long known) {
    return bootUntil > 0 && known > 0 && bootSince <= known + CLOCK_TOLERANCE_MILLIS;
  }

  /**
   * How an instance was last known where it was.
   *
   * @param gone whether it was found gone
   * @param said whether the platform said that it left
   * @param left when it left the fleet; 0 if it did not
   * @param known until when it was there for certain
   */
  record End(boolean gone, boolean said, long left, long known) {}

  /** Whether it is the life that a discovery saw, where it saw it. */
  boolean isOf(DiscoveredInstance found) {
    Instance is = found.instance();
    AddressBinding its = AddressBinding.of(is, found.pod());
    return tie == its && platform.equals(name(its, is.authority(), found.pod()));
  }

  /**
   * A check was answered.
   *
   * @param gone whether the instance was found gone before
   * @param sent when the check was
   */
  Incarnation passed(String reported, boolean gone, long sent) {
    boolean same = reported.equals(boot) || (reported.isEmpty() && !gone);
    List<String> ended = new ArrayList<>(same ? former : with(former, boot));
    ended.remove(reported);
    long before = endedBefore;
    if (gone && (!same || reported.isEmpty())) {
      before = Math.max(before, closed());
    }
    if (!same && !boot.isEmpty()) {
      before = Math.max(before, bootUntil);
    }
    String now = same ? boot : reported;
    boolean found = same && bootUntil > 0;
    long until = reported.isEmpty() ? bootUntil : sent;
    return new Incarnation(
        tie,
        platform,
        now,
        found ? bootSince : sent,
        now.isEmpty() ? 0 : until,
        List.copyOf(ended),
        true,
        before,
        0,
        0);
  }

  /** A check was not answered; something may listen. */
  Incarnation failed(boolean gone) {
    return gone || refusedFrom == 0 ? this : withRefusals(0, 0);
  }

  /** A check found nothing listening. */
  Incarnation refused(long sent) {
    return withRefusals(refusedFrom == 0 ? sent : refusedFrom, sent);
  }

  /** The platform reports when the container in its pod began. */
  Incarnation began(long at) {
    return at <= endedBefore
        ? this
        : new Incarnation(
            tie, platform, boot, bootSince, bootUntil, former, seen, at, refusedFrom, refusedUntil);
  }

  /** What a session is marked with that begins here, if the container's answer has no boot. */
  String mark() {
    return platform;
  }

  /** Changes whenever sessions may have lost their state. */
  String sign(boolean gone) {
    return platform + '|' + boot + '|' + endedBefore + '|' + (gone ? refusedFrom : 0);
  }

  /** Whether the life of that name was met here. */
  boolean knows(String name) {
    return !name.isEmpty() && (name.equals(boot) || name.equals(platform) || former.contains(name));
  }

  /**
   * What became of the state of a session.
   *
   * @param name of the life that it belongs to; empty if it has none
   * @param storedAt by the clock of the replica that stored it
   * @param gone whether the instance is found gone now
   * @param known up to when it is known for certain that the instance is here or nowhere
   */
  StateVerdict verdict(String name, long storedAt, boolean gone, long known) {
    long limit = tie == AddressBinding.SAME ? Long.MAX_VALUE : known;
    boolean shut = gone && counts(known);
    if (former.contains(name) && (tie != AddressBinding.LOOSE || known >= bootSince)) {
      return StateVerdict.LOST;
    }
    if (name.isEmpty()) {
      return unnamed(storedAt, gone, shut, limit);
    }
    if (name.equals(boot)) {
      return shut ? StateVerdict.LOST : gone ? StateVerdict.LIKELY : StateVerdict.HELD;
    }
    if (name.equals(platform)) {
      return unnamed(storedAt, gone, shut, Long.MAX_VALUE);
    }
    return IncarnationName.isBootId(name)
        ? unheardOf(storedAt, gone, shut, limit)
        : storedAt < limit ? StateVerdict.LOST : StateVerdict.UNSURE;
  }

  /** Whether a session's state ended with what is known of its instance. */
  boolean ended(String name, long storedAt, End end) {
    boolean was =
        former.contains(name)
            || (!name.isEmpty() && name.equals(boot) && (end.gone || wasMetBy(end.known)))
            || (name.equals(platform) && tie == AddressBinding.FOR_LIFE && !end.gone);
    return switch (tie) {
      case SAME -> knows(name) || storedAt < (end.gone ? closed() : end.left);
      case FOR_LIFE ->
          (was && (end.said || end.gone))
              || (name.equals(platform) && end.gone && storedAt < closed());
      case LOOSE -> end.gone && knows(name);
    };
  }

  /**
   * Whether an answer of another boot proves that a session's own has ended.
   *
   * @param reported by the answer to a request that was sent after the session was stored
   */
  boolean outlived(String name, String reported, long storedAt, long known) {
    if (former.contains(reported)) {
      return false;
    }
    return switch (tie) {
      case SAME -> true;
      case FOR_LIFE -> knows(name) || storedAt < known;
      case LOOSE -> false;
    };
  }

  private StateVerdict unnamed(long storedAt, boolean gone, boolean shut, long limit) {
    if (storedAt < Math.min(endedBefore, limit) || (shut && storedAt < Math.min(closed(), limit))) {
      return StateVerdict.LOST;
    }
    return gone ? StateVerdict.LIKELY : StateVerdict.HELD;
  }

  /** A boot that this replica never met: an older one than those it did, or a newer one. */
  private StateVerdict unheardOf(long storedAt, boolean gone, boolean shut, long limit) {
    boolean older =
        (shut && storedAt < Math.min(refusedUntil - CLOCK_TOLERANCE_MILLIS, limit))
            || (bootUntil > 0
                && storedAt < Math.min(bootUntil - CLOCK_TOLERANCE_MILLIS, limit)
                && (tie != AddressBinding.LOOSE || limit >= bootSince))
            || (boot.isEmpty() && storedAt < Math.min(endedBefore, limit));
    boolean tellsNoMore = boot.isEmpty() && seen && !gone;
    return older ? StateVerdict.LOST : tellsNoMore ? StateVerdict.HELD : StateVerdict.LIKELY;
  }

  /**
   * Sessions stored before this were stored before nothing listened, if the replicas' clocks agree
   * to half of the time that nothing did, or to {@link #CLOCK_TOLERANCE_MILLIS}.
   */
  private long closed() {
    long span = refusedUntil - refusedFrom;
    return refusedFrom == 0 ? 0 : refusedFrom + Math.max(span / 2, span - CLOCK_TOLERANCE_MILLIS);
  }

  /** Whether a closed door is the instance's own. */
  private boolean counts(long known) {
    return switch (tie) {
      case SAME -> true;
      case FOR_LIFE -> seen || refusedUntil - refusedFrom >= UNSEEN_GRACE_MILLIS;
      case LOOSE -> known >= refusedFrom;
    };
  }

  private Incarnation withRefusals(long from, long until) {
    return new Incarnation(
        tie, platform, boot, bootSince, bootUntil, former, seen, endedBefore, from, until);
  }

  private static List<String> with(List<String> former, String ended) {
    if (ended.isEmpty() || former.contains(ended)) {
      return former;
    }
    List<String> all = new ArrayList<>(former);
    all.add(ended);
    return List.copyOf(all.subList(Math.max(0, all.size() - MAX_FORMER), all.size()));
  }

  private static String name(AddressBinding tie, String address, String pod) {
    return switch (tie) {
      case SAME -> "";
      case FOR_LIFE -> IncarnationName.ofPod(pod);
      case LOOSE -> IncarnationName.ofAddress(address);
    };
  }
}
