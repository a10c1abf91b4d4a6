"""The life of sessions: how they begin, where they belong, how they end."""

from .parts import (
    BY_ENDPOINT,
    BY_VARIANT,
    SESSIONS_BY_INSTANCE,
    Dashboard,
    P,
    Panel,
    Query,
    Row,
    stacked,
    total,
)

# Whoever is not known, or may not.
REFUSED = (
    'outcome=~"missing_credentials|incomplete_signature|invalid_signature'
    '|unknown_key|expired_key|access_denied"'
)

SESSIONS = Dashboard(
    "session-router-sessions",
    "Session Router / Sessions",
    "The life of sessions: how they begin and end, and whether requests find them.",
    (
        Row(
            "Lifecycle",
            (
                Panel(
                    "Opened and ended",
                    "Sessions per second; where the lines part, the number of sessions changes.",
                    "ops",
                    (
                        Query(
                            total("endpoint", P + "sessions_opened_total", BY_ENDPOINT), "{{endpoint}} opened"
                        ),
                        Query(
                            total("endpoint", P + "sessions_ended_total", BY_ENDPOINT), "{{endpoint}} ended"
                        ),
                    ),
                    width=6,
                ),
                stacked(
                    (
                        "Ends by cause",
                        "Closed by clients, expired by either of their times, or lost with their instance.",
                        "ops",
                    ),
                    Query(total("cause", P + "sessions_ended_total", BY_ENDPOINT), "{{cause}}"),
                    width=6,
                ),
                Panel(
                    "Live sessions",
                    "Sessions bound to instances now.",
                    "short",
                    (Query(f"sum by (endpoint) ({SESSIONS_BY_INSTANCE})", "{{endpoint}}"),),
                    width=6,
                ),
                Panel(
                    "Migrated",
                    "Sessions whose container moved to another address and kept its state. No session is"
                    " ever moved to another container.",
                    "short",
                    (
                        Query(
                            "max by (endpoint) (increase("
                            f"{P}sessions_migrated_total{{{BY_ENDPOINT}}}[$__rate_interval]))",
                            "{{endpoint}}",
                        ),
                    ),
                    width=6,
                ),
            ),
        ),
        Row(
            "Losses",
            (
                Panel(
                    "Lost by cause",
                    "Sessions whose state is gone. lost_gone: nothing listens at the instance's address;"
                    " lost_restarted: its container restarted; lost_left: it left the fleet.",
                    "short",
                    (
                        Query(
                            "sum by (endpoint, cause) (increase("
                            f'{P}sessions_ended_total{{{BY_ENDPOINT}, cause=~"lost_.*"}}'
                            "[$__rate_interval]))",
                            "{{endpoint}} {{cause}}",
                        ),
                    ),
                ),
                Panel(
                    "Instances that ended",
                    "Instances found gone, or that left the fleet: each takes its sessions with it.",
                    "short",
                    (
                        Query(
                            "max by (endpoint, variant, to) (increase("
                            f'{P}instance_state_changes_total{{{BY_VARIANT}, to=~"gone|left"}}'
                            "[$__rate_interval]))",
                            "{{endpoint}} {{variant}} {{to}}",
                        ),
                    ),
                ),
                Panel(
                    "Expired",
                    "Sessions that no client closed: their memory was held until they expired.",
                    "ops",
                    (
                        Query(
                            total(
                                "endpoint, cause",
                                P + "sessions_ended_total",
                                BY_ENDPOINT + ', cause=~"expired_.*"',
                            ),
                            "{{endpoint}} {{cause}}",
                        ),
                    ),
                ),
            ),
        ),
        Row(
            "Affinity",
            (
                stacked(
                    (
                        "Look-ups by result",
                        "Where requests of sessions found their instance. Every result but a hit is an"
                        " error for the client.",
                        "ops",
                    ),
                    Query(total("result", P + "affinity_lookups_total", BY_ENDPOINT), "{{result}}"),
                ),
                Panel(
                    "Near cache hit ratio",
                    "Share of the sessions found that this replica knew without asking Redis.",
                    "percentunit",
                    (
                        Query(
                            total(
                                "endpoint",
                                P + "affinity_lookups_total",
                                BY_ENDPOINT + ', result="local_hit"',
                            )
                            + " / "
                            + total(
                                "endpoint",
                                P + "affinity_lookups_total",
                                BY_ENDPOINT + ', result=~"local_hit|redis_hit"',
                            ),
                            "{{endpoint}}",
                        ),
                    ),
                    defaults={"min": 0, "max": 1},
                ),
                Panel(
                    "Near cache entries",
                    "Sessions that each replica remembers.",
                    "short",
                    (
                        Query(
                            f"sum by (endpoint, instance) ({P}near_cache_entries{{{BY_ENDPOINT}}})",
                            "{{endpoint}} {{instance}}",
                        ),
                    ),
                ),
            ),
        ),
        Row(
            "What sessions save",
            (
                Panel(
                    "Context from the cache",
                    "Share of the context's tokens that containers had in their cache, as they report"
                    " in response headers.",
                    "percentunit",
                    (
                        Query(
                            total("endpoint", P + "cached_tokens_total")
                            + " / "
                            + total("endpoint", P + "prompt_tokens_total"),
                            "{{endpoint}}",
                        ),
                    ),
                    defaults={"min": 0, "max": 1},
                    width=12,
                ),
                Panel(
                    "Context tokens",
                    "Tokens of context that answers were made for; cached ones were not computed again.",
                    "short",
                    (
                        Query(total("endpoint", P + "prompt_tokens_total"), "{{endpoint}} all"),
                        Query(total("endpoint", P + "cached_tokens_total"), "{{endpoint}} cached"),
                    ),
                    width=12,
                ),
            ),
        ),
        Row(
            "Principals",
            (
                stacked(
                    (
                        "Refused by reason",
                        "Requests of callers that are not known, or may not what they ask for. The failure"
                        " table explains the reasons.",
                        "reqps",
                    ),
                    Query(
                        total("outcome", P + "requests_total", REFUSED),
                        "{{outcome}}",
                    ),
                ),
                stacked(
                    (
                        "Throttled",
                        "Requests beyond a quota of their principal: of requests or bytes per second, of"
                        " requests in flight, of live sessions.",
                        "reqps",
                    ),
                    Query(
                        total("principal, reason", P + "throttled_total", BY_ENDPOINT),
                        "{{principal}} {{reason}}",
                    ),
                ),
                Panel(
                    "Sessions per principal",
                    "Live sessions of the principals that have the most.",
                    "short",
                    (
                        Query(
                            "topk(20, max by (endpoint, principal)"
                            f" ({P}principal_sessions{{{BY_ENDPOINT}}}))",
                            "{{principal}} {{endpoint}}",
                        ),
                    ),
                ),
            ),
        ),
    ),
)
