/**
 * Gets a model's artifact onto this machine's disk: from where it lies, within limits, unpacked so
 * that nothing of it can land outside its folder.
 */
@NullMarked
package io.sessionrouter.container.artifact;

import org.jspecify.annotations.NullMarked;
