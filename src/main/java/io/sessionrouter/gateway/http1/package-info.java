/**
 * HTTP/1.1 towards clients: the data port and its connections. It makes each request an {@link
 * io.sessionrouter.gateway.Exchange}, and is the {@link io.sessionrouter.gateway.ClientStream} that
 * the exchange answers to; the path of a request does not know this package.
 *
 * <p>What a connection waits for, and what ends the wait. Each state but {@code NONE} has a time
 * limit, which the event loop checks.
 *
 * <pre>
 *  accepted
 *     │
 *     ▼      first byte         head complete            connected to the instance
 *   IDLE ────────────▶ HEAD ──────────────────▶ NONE ◀─────▶ LOAD      │
 *     ▲                 │                         │  model not loaded  │
 *     │                 │ malformed               └────────────────────┤
 *     │                 │ or late                                      ▼
 *     │                 │                  BODY ───body complete───▶ FIRST_BYTE
 *     │                 │                    │                         │ response head
 *     │                 │                    │ answered early          ▼
 *     │                 ▼                    ▼                       STREAM
 *     │              response ◀──────────────┴──── any failure ────────┤
 *     │                 │                                              │ response complete
 *     └── keep-alive ───┼──────────────────────────────────────────────┘
 *                       │ last of its connection
 *                       ├── request complete ──▶ closed
 *                       └── client still sends ──▶ LINGER ── silent, or late ──▶ closed
 * </pre>
 */
@NullMarked
package io.sessionrouter.gateway.http1;

import org.jspecify.annotations.NullMarked;
