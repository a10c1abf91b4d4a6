package io.sessionrouter.gateway;

import io.netty.handler.codec.http.HttpRequest;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.telemetry.RequestMeters;

/** Where every request's path begins; one for all event loops. */
public final class RequestPath {
  private final PathDependencies dependencies;

  public RequestPath(PathDependencies dependencies) {
    this.dependencies = dependencies;
  }

  /**
   * Admits a request, which then runs as an exchange.
   *
   * @throws RouterException if it may not come in
   */
  public Exchange admit(HttpRequest head, ClientStream client, EventLoopContext context) {
    Invocation admitted = dependencies.admission().admit(head, client.subject());
    return new Exchange(client, context, dependencies, admitted);
  }

  /** A request was refused before it was known what it asks for. */
  public void refused(RouterException why, CharSequence requestId) {
    dependencies.records().refused(why, requestId);
  }

  public RequestMeters meters() {
    return dependencies.records().meters();
  }
}
