/** A model folder as it lies on disk: {@code model.json} read strictly, nothing loaded yet. */
@NullMarked
package io.sessionrouter.container.model;

import org.jspecify.annotations.NullMarked;
