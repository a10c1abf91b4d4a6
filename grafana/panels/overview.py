"""The fleet in one look: rate, errors, duration, sessions, slots."""

from .parts import (
    BY_VARIANT,
    Dashboard,
    FAILURES,
    HEALTHY_BY_INSTANCE,
    P,
    Panel,
    Query,
    ROUTER,
    Row,
    SESSIONS_BY_INSTANCE,
    SLOTS_BY_INSTANCE,
    quantile,
    quantiles,
    rate,
    stacked,
    stat,
    total,
)

OVERVIEW = Dashboard(
    "session-router-overview",
    "Session Router / Overview",
    "Is it well? Rate, errors, duration, and the room that is left for sessions.",
    (
        Row(
            "Now",
            (
                stat(
                    "Requests",
                    "Requests that ended, per second, over all replicas of the router.",
                    "reqps",
                    f"sum({rate(P + 'requests_total')})",
                ),
                stat(
                    "Failed",
                    "Share of requests that ended in a row of the failure table. Clients' own"
                    " mistakes are in it.",
                    "percentunit",
                    f"(sum({rate(P + 'requests_total', BY_VARIANT + ', ' + FAILURES)}) or vector(0))"
                    f" / sum({rate(P + 'requests_total')})",
                    (("orange", 0.01), ("red", 0.05)),
                ),
                stat(
                    "First byte, continued (p95)",
                    "Time to the first byte of requests in sessions: what sessions are for.",
                    "s",
                    quantile(
                        0.95,
                        P + "time_to_first_byte_seconds",
                        "",
                        BY_VARIANT + ', session="continued"',
                    ),
                    (("orange", 1), ("red", 5)),
                ),
                stat(
                    "Sessions",
                    "Sessions bound to instances now.",
                    "short",
                    f"sum({SESSIONS_BY_INSTANCE})",
                ),
                stat(
                    "Slots in use",
                    "Share of the session slots that are taken. Empty if sessions per instance are"
                    " not limited.",
                    "percentunit",
                    f"sum({SESSIONS_BY_INSTANCE}) / sum({SLOTS_BY_INSTANCE})",
                    (("orange", 0.8), ("red", 0.95)),
                ),
                stat(
                    "Instances out",
                    "Instances that get no new work now.",
                    "short",
                    f"count({HEALTHY_BY_INSTANCE} == 0) or vector(0)",
                    (("red", 1),),
                ),
            ),
        ),
        Row(
            "Requests",
            (
                stacked(
                    (
                        "Requests by outcome",
                        "Every request once, by how it ended; docs/failures.md explains each outcome.",
                        "reqps",
                    ),
                    Query(total("outcome", P + "requests_total"), "{{outcome}}"),
                ),
                Panel(
                    "Failures",
                    "Requests that failed, without those whose client went away.",
                    "reqps",
                    (
                        Query(
                            total("outcome", P + "requests_total", f"{BY_VARIANT}, {FAILURES}"),
                            "{{outcome}}",
                        ),
                    ),
                ),
                Panel(
                    "Requests by operation",
                    "Whole answers and response streams.",
                    "reqps",
                    (
                        Query(
                            total("endpoint, operation", P + "requests_total"),
                            "{{endpoint}} {{operation}}",
                        ),
                    ),
                ),
            ),
        ),
        Row(
            "Duration",
            (
                Panel(
                    "First byte by session (p95)",
                    "A new session carries the whole context, a continued one only what is new; a"
                    " request without a session pays for its context each time.",
                    "s",
                    (
                        Query(
                            quantile(0.95, P + "time_to_first_byte_seconds", "session"),
                            "{{session}}",
                            exemplars=True,
                        ),
                    ),
                ),
                Panel(
                    "First byte of continued sessions",
                    "Time from a request's head to its response's head.",
                    "s",
                    quantiles(
                        P + "time_to_first_byte_seconds",
                        where=BY_VARIANT + ', session="continued"',
                    ),
                ),
                Panel(
                    "Whole request by session (p95)",
                    "To the last byte; a stream lasts as long as the model talks.",
                    "s",
                    (
                        Query(
                            quantile(0.95, P + "request_duration_seconds", "session"),
                            "{{session}}",
                            exemplars=True,
                        ),
                    ),
                ),
            ),
        ),
        Row(
            "Room",
            (
                Panel(
                    "Sessions and slots",
                    "Sessions bound now, and how many the healthy instances may hold. Slots are"
                    " missing where sessions per instance are not limited.",
                    "short",
                    (
                        Query(f"sum by (endpoint) ({SESSIONS_BY_INSTANCE})", "{{endpoint}} sessions"),
                        Query(
                            f"sum by (endpoint) ({SLOTS_BY_INSTANCE} and"
                            f" ({HEALTHY_BY_INSTANCE} == 1))",
                            "{{endpoint}} slots",
                        ),
                    ),
                ),
                Panel(
                    "Requests under way",
                    "In flight in all replicas; queued are those that no container has been sent"
                    " yet.",
                    "short",
                    (
                        Query(f"sum({P}requests_in_flight{{{ROUTER}}})", "in flight"),
                        Query(f"sum({P}requests_queued{{{ROUTER}}})", "queued"),
                    ),
                ),
                Panel(
                    "Refused for want of room",
                    "No healthy instance, no session slot, or too many connections: clients were"
                    " told to try again.",
                    "reqps",
                    (
                        Query(
                            total(
                                "outcome",
                                P + "requests_total",
                                'outcome=~"no_healthy_instance|no_session_slot|overloaded"',
                            ),
                            "{{outcome}}",
                        ),
                    ),
                ),
            ),
        ),
    ),
)
