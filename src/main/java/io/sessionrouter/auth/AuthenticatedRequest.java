package io.sessionrouter.auth;

import io.sessionrouter.auth.signature.BodySignature;
import org.jspecify.annotations.Nullable;

/**
 * A request of which the head shows who sent it, or claims to have.
 *
 * @param body what is left to verify before any of the request may count; null if nothing is
 */
public record AuthenticatedRequest(Caller caller, @Nullable BodySignature body) {}
