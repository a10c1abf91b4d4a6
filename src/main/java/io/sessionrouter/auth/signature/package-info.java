/**
 * Signature V4: whether who sent a request knows the secret of the access key that it names.
 *
 * <p>{@link io.sessionrouter.auth.signature.SignatureV4} refuses at the head whatever the head
 * shows. Where only the body can show it, {@link io.sessionrouter.auth.signature.BodySignature} is
 * fed with what arrives, and gives the verdict at the end; nothing of the body is kept here.
 *
 * <p>Refusals have the texts of AWS, in the order in which AWS checks. They contain the canonical
 * request, and never what is made with the secret.
 */
@NullMarked
package io.sessionrouter.auth.signature;

import org.jspecify.annotations.NullMarked;
