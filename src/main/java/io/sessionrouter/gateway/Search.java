package io.sessionrouter.gateway;

import io.netty.channel.EventLoop;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.session.Sessions;
import io.vertx.core.AsyncResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The search for an instance that takes work bound to none: tries one after the other, each once,
 * and takes a slot on it if their number is limited.
 */
final class Search {
  private final Services services;
  private final EventLoop loop;
  private final Invocation invocation;
  private final Finding finding;
  private List<Member> tried = List.of();
  private boolean slotsTaken;

  /** Who searches; called on the event loop, perhaps before {@link #next} returns. */
  interface Finding {
    /**
     * @param slot given back by the callee, null if slots are not limited
     */
    void found(Member member, Sessions.@Nullable Slot slot);

    /** No instance is left. */
    void none(Throwable why);
  }

  Search(Services services, EventLoop loop, Invocation invocation, Finding finding) {
    this.services = services;
    this.loop = loop;
    this.invocation = invocation;
    this.finding = finding;
  }

  /** Goes on, without those that failed. */
  void next() {
    Invocation in = invocation;
    Member chosen = services.placement().place(in.endpoint(), in.variant(), in.opens(), tried);
    Integer max = in.endpoint().settings().sessions().maxPerInstance();
    if (chosen == null) {
      finding.none(
          slotsTaken
              ? Errors.noSlot(in.endpointName())
              : services.placement().refusal(in.endpoint(), in.variant(), in.opens()));
    } else if (in.opens() && max != null) {
      reserve(chosen, max);
    } else {
      finding.found(chosen, null);
    }
  }

  /** The member is of no use for this request. */
  void failed(Member member) {
    if (tried.isEmpty()) {
      tried = new ArrayList<>(2);
    }
    tried.add(member);
  }

  private void reserve(Member chosen, int max) {
    services
        .sessions()
        .reserve(invocation.endpointName(), chosen.instance().id(), max)
        .onComplete(slot -> loop.execute(() -> reserved(chosen, slot)));
  }

  private void reserved(Member chosen, AsyncResult<Sessions.@Nullable Slot> taken) {
    Sessions.Slot slot = taken.result();
    if (taken.failed()) {
      finding.none(taken.cause());
    } else if (slot != null) {
      finding.found(chosen, slot);
    } else {
      slotsTaken = true;
      failed(chosen);
      next();
    }
  }
}
