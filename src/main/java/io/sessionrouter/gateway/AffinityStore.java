package io.sessionrouter.gateway;

import io.sessionrouter.container.Expiries;
import io.sessionrouter.domain.SessionCloser;
import io.sessionrouter.session.Sessions;
import java.time.InstantSource;

/** What an {@link AffinityCommit} stores sessions with, and closes those that cannot be kept. */
record AffinityStore(
    Sessions sessions, SessionCloser closer, Expiries expiries, InstantSource clock) {}
