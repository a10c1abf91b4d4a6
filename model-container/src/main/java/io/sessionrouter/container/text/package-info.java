/**
 * Between text and token ids: tokenizers, decoding token by token, the chat layout, stop strings.
 */
@NullMarked
package io.sessionrouter.container.text;

import org.jspecify.annotations.NullMarked;
