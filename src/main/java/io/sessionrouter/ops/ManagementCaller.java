package io.sessionrouter.ops;

import io.sessionrouter.auth.Action;
import io.sessionrouter.auth.Authenticator;
import io.sessionrouter.auth.Caller;
import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.telemetry.AuditLog;
import io.sessionrouter.telemetry.AuditLog.Deed;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Who sent a request to the management port, what it may do, and what it does. */
final class ManagementCaller {
  private static final String KEY = ManagementCaller.class.getName();

  private final Caller caller;
  private final Authenticator authenticator;
  private final AuditLog audit;
  private final String request;

  ManagementCaller(Caller caller, Authenticator authenticator, AuditLog audit, String request) {
    this.caller = caller;
    this.authenticator = authenticator;
    this.audit = audit;
    this.request = request;
  }

  /** Who sent the request. */
  static ManagementCaller of(RoutingContext request) {
    ManagementCaller known = request.get(KEY);
    if (known == null) {
      throw new IllegalStateException("a request that nobody admitted");
    }
    return known;
  }

  /** The request is this caller's from now on. */
  void sent(RoutingContext context) {
    context.put(KEY, this);
  }

  /** For whom sessions of the endpoint are looked up. */
  Asker asker(String endpoint) {
    return new Asker(caller.principal().name(), caller.allows(Action.READ_ANY_SESSION, endpoint));
  }

  boolean may(Action action, EndpointFleet endpoint) {
    return caller.allows(action, endpoint.settings().name());
  }

  /**
   * Those of the endpoints of which it may read sessions.
   *
   * @throws RouterException of kind {@code ACCESS_DENIED} if there are none
   */
  List<EndpointFleet> readable(List<EndpointFleet> endpoints) {
    List<EndpointFleet> readable =
        endpoints.stream().filter(endpoint -> may(Action.READ_SESSIONS, endpoint)).toList();
    if (readable.isEmpty()) {
      require(Action.READ_SESSIONS, null);
    }
    return readable;
  }

  /**
   * Refuses what no grant allows.
   *
   * @param endpoint null for what concerns them all
   * @throws RouterException of kind {@code ACCESS_DENIED}
   */
  void require(Action action, @Nullable String endpoint) {
    require(action, endpoint, endpoint == null ? "*" : "endpoint/" + endpoint);
  }

  /**
   * Refuses what no grant allows.
   *
   * @param object what it would be done to, for the audit log
   * @throws RouterException of kind {@code ACCESS_DENIED}
   */
  void require(Action action, @Nullable String endpoint, String object) {
    try {
      authenticator.authorize(caller, action, endpoint);
    } catch (RouterException denied) {
      audit.refused(deed(action, object), word(denied));
      throw denied;
    }
  }

  /**
   * Writes down how a change ended that was allowed.
   *
   * @param outcome a word for what was done
   */
  <T extends @Nullable Object> Future<T> audited(
      Action action, String object, String outcome, Future<T> change) {
    return change
        .onSuccess(done -> audit.done(deed(action, object), outcome))
        .onFailure(why -> audit.done(deed(action, object), word(why)));
  }

  private Deed deed(Action action, String object) {
    return new Deed(caller.principal().name(), action.label(), object, request);
  }

  private static String word(Throwable why) {
    return switch (why) {
      case RouterException ofRoom -> ofRoom.kind().label();
      case ApiFailure own -> own.error().code().toLowerCase(Locale.ROOT);
      default -> "failed";
    };
  }
}
