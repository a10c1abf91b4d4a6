package io.sessionrouter.fleet;

import io.sessionrouter.endpoint.EjectionSettings;
import io.sessionrouter.telemetry.FleetMeters;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * Puts instances of one variant out for what they do to requests, although their checks may pass.
 *
 * <p>{@link Health#FAILURE_THRESHOLD} requests in a row, none answered between, decide, if they may
 * be the instance's fault: one that its client meets elsewhere too does not count, one of a client
 * of which nothing is known, or of a session, counts once. Never more than a share is put out, and
 * never the last: a wrong verdict costs room, and no request.
 */
final class Ejections {
  private final EjectionSettings settings;
  private final FleetMeters meters;
  private final FailingClients troubled = new FailingClients();
  private final Map<Member, Charges> records = new WeakHashMap<>();

  /** What one member has been charged with. */
  private static final class Charges {
    private final Set<Long> sources = new HashSet<>();
    private int times;
    private long lastAt;
  }

  Ejections(EjectionSettings settings, FleetMeters meters) {
    this.settings = settings;
    this.meters = meters;
  }

  /** A request of the member broke; only this many are looked at, so a lock is fine. */
  synchronized void failed(
      EndpointFleet fleet, Member member, InstanceFailure failure, Requester by, long now) {
    if (!counts(member, failure, by, now)) {
      return;
    }
    Health health = member.health();
    boolean enough = health.failures() + 1 >= Health.FAILURE_THRESHOLD;
    if (health.state() != Health.State.HEALTHY || !enough) {
      member.observe(h -> h.requestFailed(now), "requests failed");
    } else if (mayEject(fleet, member)) {
      eject(member, now);
    } else {
      meters.ejection(member.instance().endpoint(), member.instance().variant(), "kept");
    }
  }

  private boolean counts(Member member, InstanceFailure failure, Requester by, long now) {
    return switch (failure.blame()) {
      case NOBODY -> false;
      case INSTANCE -> true;
      case INSTANCE_OR_CLIENT ->
          switch (troubled.broke(by.client(), member, now)) {
            case BROKE -> false;
            case ANSWERED -> by.session() == 0 || isFirst(member, by.session());
            case UNKNOWN -> isFirst(member, by.session() == 0 ? by.client() : by.session());
          };
    };
  }

  /** Whether the source has none of the failures in a row yet. */
  private boolean isFirst(Member member, long source) {
    Set<Long> sources = record(member).sources;
    if (member.health().failedRequests() == 0) {
      sources.clear();
    }
    return sources.size() < Health.FAILURE_THRESHOLD && sources.add(source);
  }

  private boolean mayEject(EndpointFleet fleet, Member member) {
    int all = 0;
    int out = 0;
    boolean another = false;
    for (Member each : fleet.members()) {
      if (each.instance().variant().equals(member.instance().variant())) {
        all++;
        out += each.health().ejected() ? 1 : 0;
        another |= each != member && each.placeable();
      }
    }
    return another && out + 1 <= all * settings.maxShare();
  }

  private void eject(Member member, long now) {
    Charges record = record(member);
    long longest = settings.longest().toMillis();
    boolean again = record.times > 0 && now - record.lastAt < 2 * longest;
    record.times = again ? record.times + 1 : 1;
    record.lastAt = now;
    long hold = settings.shortest().toMillis();
    for (int i = 1; i < record.times && hold < longest; i++) {
      hold *= 2;
    }
    member.holdFor(Math.min(hold, longest));
    member.observe(h -> h.requestFailed(now), "requests failed");
    meters.ejection(member.instance().endpoint(), member.instance().variant(), "ejected");
  }

  private Charges record(Member member) {
    return records.computeIfAbsent(member, m -> new Charges());
  }

  /** A request was answered. */
  void answered(Member member, Requester by, InstantSource clock) {
    if (!troubled.isEmpty()) {
      troubled.answered(by, member, clock.millis());
    }
    if (member.health().failedRequests() > 0) {
      member.observe(Health::requestAnswered, "request answered");
    }
  }
}
