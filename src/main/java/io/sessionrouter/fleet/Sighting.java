package io.sessionrouter.fleet;

import io.sessionrouter.domain.Instance;

/** An instance as a discovery saw it. */
public record Sighting(Instance instance, Standing standing) {}
