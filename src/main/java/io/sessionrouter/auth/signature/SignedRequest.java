package io.sessionrouter.auth.signature;

import org.jspecify.annotations.Nullable;

/**
 * A request whose head shows nothing wrong.
 *
 * @param key that it is signed with, or claims to be
 * @param service that it is signed for
 * @param body what is left to verify; null if nothing is
 */
public record SignedRequest(AccessKey key, String service, @Nullable BodySignature body) {}
