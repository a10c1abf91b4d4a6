"""The fleet in one look: rate, errors, duration, sessions, slots."""

from .parts import (
    BY_ENDPOINT,
    BY_VARIANT,
    FAILURES,
    HEALTHY_BY_INSTANCE,
    ROUTER,
    SESSIONS_BY_INSTANCE,
    SLOTS_BY_INSTANCE,
    Dashboard,
    P,
    Panel,
    Query,
    Row,
    capped_quantile,
    or_zero,
    quantiles,
    rate,
    rejected,
    stacked,
    stat,
    total,
)


def chosen(fault: str) -> str:
    return f'{BY_ENDPOINT}, fault="{fault}"'


BY_SERVICE = chosen("router")

OVERVIEW = Dashboard(
    "session-router-overview",
    "Session Router / Overview",
    "Is the service healthy? Rate, errors, duration, and the capacity left for sessions.",
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
                    "Failed: service",
                    "Share of the requests that failed by the fault of the router, of Redis or of"
                    " instances; the objective is below 0.1 %. Clients' mistakes and models' own"
                    " errors are not in it.",
                    "percentunit",
                    f"({or_zero('sum(' + rate(P + 'request_faults_total', BY_SERVICE) + ')')})"
                    f" / sum({rate(P + 'request_faults_total', BY_ENDPOINT)})",
                    (("orange", 0.001), ("red", 0.01)),
                ),
                stat(
                    "First byte, continued (p95)",
                    "Time to the first byte of requests in sessions: what sessions are for.",
                    "s",
                    capped_quantile(
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
                    "Not accepting work",
                    "Instances that get no new work now: draining, unhealthy, gone or not checked yet.",
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
                    width=6,
                ),
                Panel(
                    "Failures by fault",
                    "Who has to change something: the client its request, the model its answer, or the"
                    " service, which are the router, Redis and the instances.",
                    "reqps",
                    tuple(
                        Query(
                            or_zero(
                                f"sum({rate(P + 'request_faults_total', chosen(fault))})",
                            ),
                            name,
                        )
                        for fault, name in (("router", "service"), ("model", "model"), ("client", "client"))
                    ),
                    width=6,
                ),
                Panel(
                    "Failures by outcome",
                    "Requests that failed, without those whose client disconnected. Empty if none did.",
                    "reqps",
                    (
                        Query(
                            total("outcome", P + "requests_total", f"{BY_VARIANT}, {FAILURES}"),
                            "{{outcome}}",
                        ),
                    ),
                    width=6,
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
                    width=6,
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
                            capped_quantile(0.95, P + "time_to_first_byte_seconds", "session"),
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
                        of=capped_quantile,
                    ),
                ),
                Panel(
                    "Whole request by session (p95)",
                    "To the last byte; a stream lasts as long as the model talks.",
                    "s",
                    (
                        Query(
                            capped_quantile(0.95, P + "request_duration_seconds", "session"),
                            "{{session}}",
                            exemplars=True,
                        ),
                    ),
                ),
            ),
        ),
        Row(
            "Capacity",
            (
                Panel(
                    "Sessions and slots",
                    "Sessions bound now, and how many the healthy instances may hold. Slots are"
                    " missing where sessions per instance are not limited.",
                    "short",
                    (
                        Query(f"sum by (endpoint) ({SESSIONS_BY_INSTANCE})", "{{endpoint}} sessions"),
                        Query(
                            f"sum by (endpoint) ({SLOTS_BY_INSTANCE} and ({HEALTHY_BY_INSTANCE} == 1))",
                            "{{endpoint}} slots",
                        ),
                    ),
                ),
                Panel(
                    "Requests in flight",
                    "In flight in all replicas; queued are those that were not sent to a container yet.",
                    "short",
                    (
                        Query(f"sum({P}requests_in_flight{{{ROUTER}}})", "in flight"),
                        Query(f"sum({P}requests_queued{{{ROUTER}}})", "queued"),
                    ),
                ),
                Panel(
                    "Rejected: no capacity",
                    "No healthy instance, no session slot, or too many connections: clients were"
                    " asked to retry.",
                    "reqps",
                    (
                        rejected("no_healthy_instance"),
                        rejected("no_session_slot"),
                        rejected("overloaded"),
                    ),
                ),
            ),
        ),
    ),
)
