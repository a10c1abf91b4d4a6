package io.sessionrouter.fleet;

import io.sessionrouter.container.Pinger;
import io.sessionrouter.domain.SessionCounts;
import io.sessionrouter.endpoint.HealthSettings;
import io.sessionrouter.tls.InstanceTls;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The watches of all members in the fleet; all run on one event loop. */
final class MemberWatches {
  private final Vertx vertx;
  private final InstantSource clock;
  private final Context context;
  private final Pinger pinger;
  private final EndpointUse use;
  private final FirstChecks first = new FirstChecks(System::nanoTime);
  private final Map<String, Map<Member, MemberWatch>> watches = new ConcurrentHashMap<>();

  MemberWatches(Vertx vertx, InstantSource clock, InstanceTls tls, SessionCounts counts) {
    this.vertx = vertx;
    this.clock = clock;
    this.context = vertx.getOrCreateContext();
    this.pinger = new Pinger(vertx, tls);
    this.use = new EndpointUse(counts, System::nanoTime);
  }

  /** Watches the endpoint's members, and no others of that endpoint. */
  void follow(EndpointFleet endpoint) {
    Map<Member, MemberWatch> own =
        watches.computeIfAbsent(endpoint.settings().name(), name -> new ConcurrentHashMap<>());
    own.forEach(
        (member, watch) -> {
          if (!endpoint.members().contains(member) && own.remove(member, watch)) {
            watch.stop();
          }
        });
    HealthSettings settings = endpoint.settings().health();
    endpoint
        .members()
        .forEach(m -> own.computeIfAbsent(m, n -> begin(n, endpoint)).settings(settings));
  }

  /** Watches no member of the endpoint any more. */
  void leave(String endpoint) {
    Map<Member, MemberWatch> left = watches.remove(endpoint);
    if (left != null) {
      left.values().forEach(MemberWatch::stop);
    }
    use.forget(endpoint);
  }

  /** A request of the member failed. */
  void doubt(Member member) {
    Map<Member, MemberWatch> own = watches.get(member.instance().endpoint());
    MemberWatch watch = own == null ? null : own.get(member);
    if (watch != null && member.health().state() != Health.State.GONE) {
      watch.doubt();
    }
  }

  /** The client is closed on the watches' own event loop, when none of them can use it any more. */
  void close() {
    watches.values().forEach(own -> own.values().forEach(MemberWatch::stop));
    context.runOnContext(v -> pinger.close());
  }

  private MemberWatch begin(Member member, EndpointFleet endpoint) {
    MemberWatch watch =
        new MemberWatch(
            member,
            endpoint.settings().health(),
            pinger,
            clock,
            vertx,
            context,
            () -> use.unused(member));
    watch.start(first.delayMillis());
    return watch;
  }
}
