package io.sessionrouter.lifecycle;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.sessionrouter.container.CloseCalls;
import io.sessionrouter.container.ContainerContract;
import io.sessionrouter.container.Model;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionCloser;
import io.sessionrouter.endpoint.ModelsSettings;
import io.sessionrouter.endpoint.SessionSettings;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.FleetView;
import io.sessionrouter.fleet.Member;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Closes sessions on the containers of the present fleet. */
public final class ContainerSessionCloser implements SessionCloser {
  /** Stands for the session's id in a close payload. */
  private static final String SESSION_ID = "{session-id}";

  private final FleetView fleet;
  private final CloseCalls calls;

  public ContainerSessionCloser(FleetView fleet, CloseCalls calls) {
    this.fleet = fleet;
    this.calls = calls;
  }

  @Override
  public CompletionStage<Boolean> close(String endpointName, Session session) {
    EndpointFleet endpoint = fleet.current().endpoint(endpointName);
    Member holder = endpoint == null ? null : endpoint.member(session.instance());
    if (endpoint == null || holder == null || endpoint.lost(session)) {
      return CompletableFuture.completedStage(false);
    }
    String payload = payload(endpoint.settings().sessions(), session);
    String path = path(endpoint.settings().models(), session);
    return calls.close(holder.instance(), path, session, payload).toCompletionStage();
  }

  private static String payload(SessionSettings sessions, Session session) {
    String payload = sessions.closePayload();
    return payload.contains(SESSION_ID)
        ? payload.replace(
            SESSION_ID, new String(JsonStringEncoder.getInstance().quoteAsString(session.id())))
        : payload;
  }

  private static String path(@Nullable ModelsSettings models, Session session) {
    return models == null
        ? ContainerContract.INVOCATIONS
        : Model.of(models.prefix(), session.model()).invokePath();
  }
}
