/**
 * The one room that knows DJL and PyTorch: loading a TorchScript model, its caches on the device,
 * one forward pass.
 */
@NullMarked
package io.sessionrouter.container.engine;

import org.jspecify.annotations.NullMarked;
