package io.sessionrouter.fleet;

import io.sessionrouter.domain.RouterException;
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
   * @param prefix of {@link Rendezvous#key}: work of the same prefix goes to the same member as
   *     long as that one may take it and is not crowded; {@link Rendezvous#NONE} for none
   * @return the member, or null if none may take the work: see {@link #refusal}
   */
  @Nullable Member place(
      EndpointFleet endpoint,
      @Nullable String variant,
      boolean opens,
      Collection<Member> tried,
      long prefix);

  /** Why {@link #place} found none. */
  RouterException refusal(EndpointFleet endpoint, @Nullable String variant, boolean opens);
}
