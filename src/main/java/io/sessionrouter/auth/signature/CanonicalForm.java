package io.sessionrouter.auth.signature;

/** How services write a path before they sign it. */
public enum CanonicalForm {
  /** Without empty segments and dots, and with every segment encoded once more. */
  STANDARD,
  /** As it is, every segment encoded once: an object's key may contain anything. */
  S3
}
