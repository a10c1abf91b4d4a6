package io.sessionrouter.gateway;

import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup.Missing;
import java.time.Duration;

/** The failures of the data port, in the words that clients read. */
public final class Errors {
  private Errors() {}

  /**
   * A part of the request took too long.
   *
   * @param part of the request that is still missing
   */
  public static RouterException tooSlow(String part, Duration limit) {
    return new RouterException(
        FailureKind.CLIENT_TOO_SLOW,
        "The request's " + part + " did not arrive in time (limit: " + limit.toSeconds() + " s).");
  }

  /** What to say of a session that does not live. */
  static RouterException missing(Missing why, String id) {
    return new RouterException(
        why.failure(), why.sentence(id) + " (open a new one with SessionId NEW_SESSION).");
  }

  static RouterException lost(String id) {
    return missing(Missing.LOST, id);
  }

  static RouterException otherVariant(Session session) {
    return new RouterException(
        FailureKind.INVALID_REQUEST,
        "Session "
            + session.id()
            + " lives on variant "
            + session.variant()
            + " (expected: that TargetVariant, or none).");
  }

  static RouterException otherModel(Session session) {
    return new RouterException(
        FailureKind.INVALID_REQUEST,
        "Session "
            + session.id()
            + (session.model().isEmpty()
                ? " was opened without a TargetModel."
                : " lives in model " + session.model() + " (expected: that TargetModel)."));
  }

  static RouterException modelNotReady(String model) {
    return new RouterException(
        FailureKind.MODEL_NOT_READY, "Model " + model + " is still being loaded; try again.");
  }

  /** The state may still be there: nothing is known but that there is no connection now. */
  static RouterException unreachable(String id) {
    return new RouterException(
        FailureKind.INSTANCE_UNREACHABLE,
        "The instance that holds session " + id + " cannot be reached now; try again.");
  }

  static RouterException noSlot(String endpoint) {
    return new RouterException(
        FailureKind.NO_SESSION_SLOT,
        "Every instance of endpoint " + endpoint + " holds as many sessions as it may; try again.");
  }

  static RouterException noStore() {
    return new RouterException(
        FailureKind.STORE_UNAVAILABLE, "The session store is unavailable; try again.");
  }

  static RouterException openNotStored() {
    return new RouterException(
        FailureKind.STORE_BROKE,
        "The session began, but the session store did not take it; it was closed again.");
  }

  static RouterException closeNotStored(String id) {
    return new RouterException(
        FailureKind.STORE_BROKE,
        "Session " + id + " was closed on its instance, but the session store did not answer.");
  }

  static RouterException idTaken(String endpoint) {
    return new RouterException(
        FailureKind.MODEL_UNUSABLE,
        "A model container of endpoint " + endpoint + " began a session with an id in use.");
  }

  public static RouterException noRoom() {
    return new RouterException(
        FailureKind.OVERLOADED, "The router holds as much for its clients as it may; try again.");
  }

  public static RouterException tooManyConnections() {
    return new RouterException(
        FailureKind.OVERLOADED, "The router has as many connections as it may; try again.");
  }

  public static RouterException tooManyOfOneAddress() {
    return new RouterException(
        FailureKind.OVERLOADED, "Your address has as many connections as it may; try again.");
  }

  public static RouterException stopping() {
    return new RouterException(
        FailureKind.STOPPING, "The router is stopping; try again, another one will answer.");
  }

  /** Anything that was not foreseen, without a word of what it was. */
  public static RouterException internal(Throwable cause) {
    return cause instanceof RouterException known
        ? known
        : new RouterException(
            FailureKind.INTERNAL, "The router failed; the request id names the case.", cause);
  }
}
