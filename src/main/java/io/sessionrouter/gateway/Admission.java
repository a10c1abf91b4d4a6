package io.sessionrouter.gateway;

import static io.sessionrouter.domain.FailureKind.BODY_TOO_LARGE;
import static io.sessionrouter.domain.FailureKind.ENDPOINT_DELETED;
import static io.sessionrouter.domain.FailureKind.INVALID_REQUEST;
import static io.sessionrouter.domain.FailureKind.UNKNOWN_ENDPOINT;
import static io.sessionrouter.domain.FailureKind.UNKNOWN_VARIANT;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.sessionrouter.auth.AuthenticatedRequest;
import io.sessionrouter.auth.Authenticator;
import io.sessionrouter.container.ContainerRequest;
import io.sessionrouter.container.Ids;
import io.sessionrouter.container.RequestHeader;
import io.sessionrouter.container.SessionHeader;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.endpoint.EndpointPhase;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.OpenHeader;
import io.sessionrouter.endpoint.VariantSettings;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.FleetView;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** The first step of a request: decides from its head alone whether it may come in. */
public final class Admission {
  private static final int MAX_NAME = 63;

  private final FleetView fleet;
  private final Authenticator authenticator;

  Admission(FleetView fleet, Authenticator authenticator) {
    this.fleet = fleet;
    this.authenticator = authenticator;
  }

  /**
   * Reads what a request asks for.
   *
   * @param subject of the certificate that the client showed; null if it showed none
   * @throws RouterException if it may not
   */
  public Invocation admit(HttpRequest head, @Nullable X500Principal subject) {
    String path = OperationPath.of(head.uri());
    int nameEnd = OperationPath.nameEnd(path);
    Operation operation = OperationPath.operation(path, nameEnd);
    if (!operation.method().equals(head.method())) {
      throw new MethodNotAllowed(operation.method());
    }
    String name = name(OperationPath.name(path, nameEnd));
    AuthenticatedRequest sender = authenticator.authenticate(head, subject);
    authenticator.authorize(sender.caller(), operation.action(), name);
    EndpointFleet endpoint = endpoint(name);
    long length = contentLength(head, endpoint.settings().limits().maxBody());
    ContainerRequest request = ContainerRequest.from(head.headers(), operation.inEvents());
    String sessionId = sessionId(request);
    refuseIfOver(endpoint, sessionId);
    refuseTargetsInside(
        endpoint.settings().name(), request, OperationPath.namesComponent(path, nameEnd));
    if (SessionHeader.NEW_SESSION.equals(sessionId)
        && endpoint.settings().sessions().openHeader() == OpenHeader.ROUTER) {
      request.opensSession();
    }
    return new Invocation(
        operation,
        endpoint,
        request,
        sessionId,
        variant(endpoint.settings(), request),
        TargetModel.of(endpoint.settings(), request),
        length,
        sender.caller(),
        sender.caller().quota(name),
        sender.body());
  }

  private static String name(String name) {
    if (!Ids.isName(name, MAX_NAME)) {
      throw new RouterException(
          INVALID_REQUEST,
          "The endpoint's name is invalid (expected: letters, digits and inner hyphens, at most 63"
              + " characters).");
    }
    return name;
  }

  private EndpointFleet endpoint(String name) {
    EndpointFleet found = fleet.current().endpoint(name);
    if (found == null) {
      throw unknownEndpoint(name);
    }
    return found;
  }

  private static RouterException unknownEndpoint(String name) {
    return new RouterException(UNKNOWN_ENDPOINT, "Endpoint " + name + " not found.");
  }

  /** What is retired answers its sessions, and is not there for anybody else. */
  private static void refuseIfOver(EndpointFleet endpoint, @Nullable String sessionId) {
    if (endpoint.phase() == EndpointPhase.IN_SERVICE) {
      return;
    }
    String name = endpoint.settings().name();
    if (sessionId == null || SessionHeader.NEW_SESSION.equals(sessionId)) {
      throw unknownEndpoint(name);
    }
    if (endpoint.phase() == EndpointPhase.DELETED) {
      throw deleted(name, sessionId);
    }
  }

  private static RouterException deleted(String name, String sessionId) {
    return new RouterException(
        ENDPOINT_DELETED,
        "Endpoint " + name + " was deleted, and session " + sessionId + " ended with it.");
  }

  /**
   * Looks again at a request that was admitted and has waited since.
   *
   * @return why it may not go on; null unless its endpoint was deleted meanwhile
   */
  @Nullable RouterException afterWait(Invocation admitted) {
    String name = admitted.endpointName();
    EndpointFleet present = fleet.current().endpoint(name);
    if (present != null && present.phase() != EndpointPhase.DELETED) {
      return null;
    }
    String sessionId = admitted.sessionId();
    return sessionId == null || admitted.opens() || present == null
        ? unknownEndpoint(name)
        : deleted(name, sessionId);
  }

  private static long contentLength(HttpRequest head, long maxBody) {
    long bytes =
        HttpUtil.getContentLength(head, HttpUtil.isTransferEncodingChunked(head) ? -1L : 0L);
    if (bytes > maxBody) {
      throw bodyTooLarge(maxBody);
    }
    return bytes;
  }

  static RouterException bodyTooLarge(long maxBody) {
    return new RouterException(
        BODY_TOO_LARGE, "The request body is too large (expected: at most " + maxBody + " bytes).");
  }

  private static @Nullable String sessionId(ContainerRequest request) {
    String id = request.value(RequestHeader.SESSION_ID);
    if (id != null
        && !SessionHeader.NEW_SESSION.equals(id)
        && !Ids.isName(id, Ids.MAX_SESSION_ID)) {
      throw new RouterException(
          INVALID_REQUEST,
          "The SessionId is invalid (expected: NEW_SESSION, or letters, digits and inner hyphens,"
              + " at most 256 characters).");
    }
    return id;
  }

  /** An endpoint here is of whole instances: ignored in silence, these would mislead. */
  private static void refuseTargetsInside(
      String endpoint, ContainerRequest request, boolean namesComponent) {
    if (namesComponent || request.value(RequestHeader.INFERENCE_COMPONENT) != null) {
      throw new RouterException(
          INVALID_REQUEST,
          "Inference Component Name header is not allowed for endpoints to which you dont plan to"
              + " deploy inference components. Please remove the Inference Component Name header"
              + " and try again.");
    }
    if (request.value(RequestHeader.TARGET_CONTAINER) != null) {
      throw new RouterException(
          INVALID_REQUEST,
          "Endpoint "
              + endpoint
              + " is not a multi-container endpoint and does not support target container hostname"
              + " header.");
    }
  }

  private static @Nullable String variant(EndpointSettings endpoint, ContainerRequest request) {
    String wanted = request.value(RequestHeader.TARGET_VARIANT);
    if (wanted == null) {
      return null;
    }
    for (VariantSettings variant : endpoint.variants()) {
      if (variant.name().equals(wanted)) {
        return variant.name();
      }
    }
    throw new RouterException(
        UNKNOWN_VARIANT, "Variant " + wanted + " of endpoint " + endpoint.name() + " not found.");
  }
}
