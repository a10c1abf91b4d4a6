package io.sessionrouter.ops;

import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.models.Models;
import io.sessionrouter.session.Sessions;
import jakarta.inject.Singleton;

/** Puts together what all rooms know of an instance. */
@Singleton
final class InstanceViews {
  private final Sessions sessions;
  private final Models models;

  InstanceViews(Sessions sessions, Models models) {
    this.sessions = sessions;
    this.models = models;
  }

  InstanceView of(EndpointFleet endpoint, Member member) {
    int bound = sessions.bound(endpoint.settings().name(), member.instance().id());
    boolean multi = endpoint.settings().models() != null;
    return InstanceView.of(member, bound, multi ? models.of(member) : null);
  }
}
