package io.sessionrouter.auth.signature;

import static io.sessionrouter.domain.FailureKind.EXPIRED_KEY;
import static io.sessionrouter.domain.FailureKind.INCOMPLETE_SIGNATURE;
import static io.sessionrouter.domain.FailureKind.INVALID_SIGNATURE;
import static io.sessionrouter.domain.FailureKind.MISSING_CREDENTIALS;
import static io.sessionrouter.domain.FailureKind.UNKNOWN_KEY;

import io.sessionrouter.domain.RouterException;

/** Why a request is refused, in the words of AWS: people look for them, and programs, too. */
public final class Refusals {
  private static final String MISMATCH =
      "The request signature we calculated does not match the signature you provided. Check your"
          + " AWS Secret Access Key and signing method. Consult the service documentation for"
          + " details.";

  private Refusals() {}

  /** It says nothing of who sent it. */
  public static RouterException missing() {
    return new RouterException(MISSING_CREDENTIALS, "Missing Authentication Token");
  }

  /** It names a key or token that nobody has. */
  public static RouterException unknownKey() {
    return new RouterException(
        UNKNOWN_KEY, "The security token included in the request is invalid.");
  }

  /** It names a key whose time is over. */
  public static RouterException expiredKey() {
    return new RouterException(
        EXPIRED_KEY, "The security token included in the request is expired");
  }

  static RouterException incomplete(String message) {
    return new RouterException(INCOMPLETE_SIGNATURE, message);
  }

  static RouterException invalid(String message) {
    return new RouterException(INVALID_SIGNATURE, message);
  }

  /** The signature is none that any key and request could have. */
  static RouterException mismatch() {
    return invalid(MISMATCH);
  }

  /** With what was signed, so that its sender can find out in what it differs. */
  static RouterException mismatch(String canonical, String toSign) {
    return invalid(
        MISMATCH
            + "\n\nThe Canonical String for this request should have been\n'"
            + canonical
            + "'\n\nThe String-to-Sign should have been\n'"
            + toSign
            + "'\n");
  }

  static RouterException otherBody() {
    return invalid("The provided 'x-amz-content-sha256' header does not match what was computed.");
  }
}
