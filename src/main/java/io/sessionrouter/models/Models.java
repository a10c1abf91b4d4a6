package io.sessionrouter.models;

import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Member;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The models of multi-model endpoints: who has which, and how they get there.
 *
 * <p>Never blocks. For a model that is loaded nothing is asked and nothing locked.
 */
public interface Models {

  /**
   * Finds a member for a request that names a model and is bound to no instance.
   *
   * @param variant the variant asked for, or null to choose by weight
   * @param opens whether a session is about to be opened, so that slots count
   * @param tried members that failed this request already
   * @param prefix of {@link io.sessionrouter.fleet.Rendezvous#key}: work of the same prefix goes to
   *     the same member that has the model
   * @param waiter called if the model has to be loaded first
   * @return a {@link LoadedModel} on which a request was begun, or the load that the waiter waits
   *     for now, or why there is none
   */
  ModelPlace find(
      EndpointFleet endpoint,
      @Nullable String variant,
      boolean opens,
      Collection<Member> tried,
      long prefix,
      String target,
      ModelPlace.Waiter waiter);

  /**
   * Finds a member that has the model, and loads it nowhere.
   *
   * @return null if it would have to be loaded, or no member can take the request
   */
  @Nullable LoadedModel loaded(
      EndpointFleet endpoint,
      @Nullable String variant,
      boolean opens,
      Collection<Member> tried,
      long prefix,
      String target);

  /** Begins to load the model if no member of the variant has it; nobody waits. */
  void want(EndpointFleet endpoint, @Nullable String variant, String target);

  /** The model on a session's member, with a request begun on it; whether it is there or not. */
  LoadedModel on(EndpointFleet endpoint, Member member, String target);

  /**
   * Asks the container, which could not serve the model, whether it is loaded there, and forgets it
   * if not.
   *
   * @return whether it is gone; false if the container does not know. Never fails
   */
  Future<Boolean> gone(LoadedModel model);

  /** What is known of the models of a member of a multi-model endpoint. */
  List<ModelStatus> of(Member member);
}
