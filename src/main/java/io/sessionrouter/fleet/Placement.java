package io.sessionrouter.fleet;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Chooses the instance for work that is bound to none yet. */
public interface Placement {

  /**
   * Chooses a member for a request.
   *
   * @param variant the variant asked for, or null to choose by weight
   * @param opens whether a session is about to be opened, so that slots count
   * @param tried members that failed this request already
   * @return the member, or null if none may take the work: see {@link #refusal}
   */
  @Nullable Member place(
      EndpointFleet endpoint, @Nullable String variant, boolean opens, Collection<Member> tried);

  /** Why {@link #place} found none. */
  io.sessionrouter.domain.RouterException refusal(
      EndpointFleet endpoint, @Nullable String variant, boolean opens);
}
