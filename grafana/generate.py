#!/usr/bin/env python3
"""Writes the dashboards: grafana/generate.py [--check]

The JSON files in dashboards/ are made by this script and by nothing else; --check says whether they
are. Change a panel here, run it, and commit both. It needs Python's standard library only.
"""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "dashboards"
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDTH = 24

# Labels that every query of ours is narrowed by.
BY_ENDPOINT = 'endpoint=~"$endpoint"'
BY_VARIANT = BY_ENDPOINT + ', variant=~"$variant"'
BY_INSTANCE = BY_VARIANT + ', model_instance=~"$model_instance"'
ROUTER = 'job=~"$job"'

FAILURES = 'outcome!~"success|client_gone"'


@dataclass(frozen=True)
class Query:
    """One expression and how its series are called."""

    expr: str
    legend: str = "__auto"
    exemplars: bool = False
    instant: bool = False


@dataclass(frozen=True)
class Panel:
    """One picture: what it shows, in which unit, and how wide and high it is."""

    title: str
    description: str
    unit: str
    queries: tuple
    kind: str = "timeseries"
    width: int = 8
    height: int = 8
    options: dict = field(default_factory=dict)
    defaults: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """Panels that belong together, under a heading."""

    title: str
    panels: tuple


@dataclass(frozen=True)
class Dashboard:
    """One page."""

    uid: str
    title: str
    description: str
    rows: tuple
    variables: tuple = ("job", "endpoint", "variant")


def rate(metric, where=BY_VARIANT, window="$__rate_interval"):
    return f"rate({metric}{{{where}}}[{window}])"


def total(by, metric, where=BY_VARIANT):
    """Events per second."""
    return f"sum by ({by}) ({rate(metric, where)})"


def quantile(q, metric, by, where=BY_VARIANT):
    buckets = f"sum by (le{', ' + by if by else ''}) ({rate(metric + '_bucket', where)})"
    return f"histogram_quantile({q}, {buckets})"


def quantiles(metric, by="", where=BY_VARIANT, prefix="", exemplars=True):
    """The median, the 95th and the 99th percentile of a histogram."""
    return tuple(
        Query(quantile(q, metric, by, where), f"{prefix}{name}", exemplars)
        for q, name in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))
    )


def once(aggregated, by):
    """Every replica shows the same: the largest of what they show."""
    return f"max by ({by}) ({aggregated})"


def stat(title, description, unit, expr, thresholds=None, width=4):
    steps = [{"color": "green", "value": None}]
    for color, value in thresholds or ():
        steps.append({"color": color, "value": value})
    return Panel(
        title,
        description,
        unit,
        (Query(expr, title, instant=True),),
        kind="stat",
        width=width,
        height=4,
        options={
            "colorMode": "value",
            "graphMode": "area",
            "justifyMode": "auto",
            "textMode": "auto",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        },
        defaults={"thresholds": {"mode": "absolute", "steps": steps}},
    )


def stacked(panel_args, *queries, width=8):
    title, description, unit = panel_args
    custom = {"fillOpacity": 40, "lineWidth": 1, "stacking": {"mode": "normal", "group": "A"}}
    return Panel(title, description, unit, queries, width=width, defaults={"custom": custom})


# The metrics by their names.
P = "session_router_"
SESSIONS_BY_INSTANCE = once(f"{P}instance_sessions{{{BY_VARIANT}}}", "endpoint, model_instance")
SLOTS_BY_INSTANCE = once(f"{P}instance_session_slots{{{BY_VARIANT}}}", "endpoint, model_instance")
HEALTHY_BY_INSTANCE = once(f"{P}instance_healthy{{{BY_VARIANT}}}", "endpoint, model_instance")

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
                        "Every request once, by how it ended; the failure table of the README tells"
                        " what each outcome means.",
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
                        Query(total("endpoint", P + "sessions_opened_total", BY_ENDPOINT), "{{endpoint}} opened"),
                        Query(total("endpoint", P + "sessions_ended_total", BY_ENDPOINT), "{{endpoint}} ended"),
                    ),
                    width=6,
                ),
                stacked(
                    (
                        "Ends by cause",
                        "Closed by clients, expired by either of their times, or lost with their"
                        " instance.",
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
                    "Sessions that went on at another address, because their container did with all"
                    " its state. No session is ever moved to another container.",
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
                    "Sessions whose state is gone. lost_gone:"
                    " nothing listens at the instance any more; lost_restarted: its container began"
                    " anew; lost_left: it left the fleet.",
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
                    "Sessions that nobody closed: their memory was held until their time ran out.",
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
                        "Where requests of sessions found their instance. Anything but a hit was an"
                        " error to the client.",
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
                    "Share of the context's tokens that containers had in their cache, as they tell"
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
                    "Tokens of context that answers were made for; cached ones were not computed"
                    " again.",
                    "short",
                    (
                        Query(total("endpoint", P + "prompt_tokens_total"), "{{endpoint}} all"),
                        Query(total("endpoint", P + "cached_tokens_total"), "{{endpoint}} cached"),
                    ),
                    width=12,
                ),
            ),
        ),
    ),
)

M = "model_container_"
CONTAINER = 'job=~"$container_job"'

INSTANCES = Dashboard(
    "session-router-instances",
    "Session Router / Instances",
    "Each model container: its health, its sessions, its work, its memory.",
    (
        Row(
            "Fleet",
            (
                Panel(
                    "State",
                    "The state of each instance, over time: as the router sees it.",
                    "short",
                    (
                        Query(
                            once(f"{P}instance_state{{{BY_INSTANCE}}}", "endpoint, model_instance, state"),
                            "{{endpoint}} {{model_instance}} {{state}}",
                        ),
                    ),
                    kind="state-timeline",
                    width=16,
                    options={"mergeValues": True, "showValue": "never", "rowHeight": 0.8},
                ),
                Panel(
                    "State changes",
                    "Instances that came into a state. One that goes back and forth is flapping.",
                    "short",
                    (
                        Query(
                            "max by (endpoint, to) (increase("
                            f"{P}instance_state_changes_total{{{BY_VARIANT}}}[$__rate_interval]))",
                            "{{endpoint}} {{to}}",
                        ),
                    ),
                ),
            ),
        ),
        Row(
            "As the router sees them",
            (
                Panel(
                    "Sessions",
                    "Sessions bound to each instance, by all replicas of the router.",
                    "short",
                    (
                        Query(
                            once(f"{P}instance_sessions{{{BY_INSTANCE}}}", "endpoint, model_instance"),
                            "{{endpoint}} {{model_instance}}",
                        ),
                    ),
                ),
                Panel(
                    "Slots in use",
                    "Share of its session slots that are taken. Empty if they are not limited.",
                    "percentunit",
                    (
                        Query(
                            once(f"{P}instance_sessions{{{BY_INSTANCE}}}", "endpoint, model_instance")
                            + " / "
                            + once(
                                f"{P}instance_session_slots{{{BY_INSTANCE}}}",
                                "endpoint, model_instance",
                            ),
                            "{{endpoint}} {{model_instance}}",
                        ),
                    ),
                    defaults={"min": 0, "max": 1},
                ),
                Panel(
                    "Requests in flight",
                    "Requests under way on each instance, from all replicas.",
                    "short",
                    (
                        Query(
                            "sum by (endpoint, model_instance) ("
                            f"{P}instance_requests_in_flight{{{BY_INSTANCE}}})",
                            "{{endpoint}} {{model_instance}}",
                        ),
                    ),
                ),
            ),
        ),
        Row(
            "As the containers tell",
            (
                Panel(
                    "Sessions held",
                    "Sessions whose state each container holds. More than the router binds to it:"
                    " leftovers that will expire.",
                    "short",
                    (Query(f"sum by (instance) ({M}sessions{{{CONTAINER}}})", "{{instance}}"),),
                ),
                Panel(
                    "KV cache",
                    "Share of the memory for sessions that is reserved. When it is full, the"
                    " container refuses or evicts.",
                    "percentunit",
                    (
                        Query(
                            f"sum by (instance) ({M}session_memory_used_bytes{{{CONTAINER}}})"
                            f" / sum by (instance) ({M}session_memory_limit_bytes{{{CONTAINER}}})",
                            "{{instance}}",
                        ),
                    ),
                    defaults={"min": 0, "max": 1},
                ),
                Panel(
                    "Device memory free",
                    "Bytes that the device has left, or the machine where there is no device.",
                    "bytes",
                    (Query(f"{M}device_memory_free_bytes{{{CONTAINER}}}", "{{instance}}"),),
                ),
                Panel(
                    "Tokens computed",
                    "Tokens that went through each model: prefill reads contexts, decode writes"
                    " replies.",
                    "short",
                    (
                        Query(
                            f"sum by (instance, phase) ({rate(M + 'computed_tokens_total', CONTAINER)})",
                            "{{instance}} {{phase}}",
                        ),
                    ),
                ),
                Panel(
                    "Batch size",
                    "Turns computed together in one step, on average.",
                    "short",
                    (
                        Query(
                            f"{rate(M + 'batch_size_sum', CONTAINER)}"
                            f" / {rate(M + 'batch_size_count', CONTAINER)}",
                            "{{instance}}",
                        ),
                    ),
                ),
                Panel(
                    "Turns",
                    "Turns computed now, and those that wait for the engine.",
                    "short",
                    (
                        Query(
                            f"sum by (instance) ({M}sequences_active{{{CONTAINER}}})",
                            "{{instance}} active",
                        ),
                        Query(
                            f"sum by (instance) ({M}sequences_waiting{{{CONTAINER}}})",
                            "{{instance}} waiting",
                        ),
                    ),
                ),
                Panel(
                    "Sessions ended by the container",
                    "evicted means that memory ran short: the session's next request fails.",
                    "ops",
                    (
                        Query(
                            f"sum by (instance, reason) ({rate(M + 'sessions_ended_total', CONTAINER)})",
                            "{{instance}} {{reason}}",
                        ),
                    ),
                ),
                Panel(
                    "One step of the engine (p95)",
                    "How long one step takes: it bounds the time between two tokens.",
                    "s",
                    (Query(quantile(0.95, M + "step_seconds", "instance", CONTAINER), "{{instance}}"),),
                ),
                Panel(
                    "First text (p95)",
                    "From the arrival of a request at the container to the first text of its reply.",
                    "s",
                    (
                        Query(
                            quantile(0.95, M + "first_text_seconds", "instance", CONTAINER),
                            "{{instance}}",
                        ),
                    ),
                ),
            ),
        ),
    ),
    variables=("job", "endpoint", "variant", "model_instance", "container_job"),
)

# Every replica waits for a container and counts it; a model is awaited by one of them.
CAUSES = (("max", BY_ENDPOINT + ', cause="instance_new"'), ("sum", BY_ENDPOINT + ', cause="model_load"'))


def cold_starts(function, part):
    """The same of both causes."""
    return tuple(
        Query(
            f"{over} by (endpoint, cause) ("
            f"{function}({P}cold_start_seconds_{part}{{{where}}}[$__rate_interval]))",
            "{{endpoint}} {{cause}}",
        )
        for over, where in CAUSES
    )


COLD_STARTS = Dashboard(
    "session-router-cold-starts",
    "Session Router / Cold starts and models",
    "What had to start before it could answer, how long that took, and what clients felt.",
    (
        Row(
            "Cold starts",
            (
                Panel(
                    "Cold starts by cause",
                    "instance_new: a container was awaited from its first failed health check to its"
                    " first good one. model_load: a request asked for a model that no instance had.",
                    "short",
                    cold_starts("increase", "count"),
                ),
                Panel(
                    "How long they took (p95)",
                    "Seconds until something that had to start was ready.",
                    "s",
                    (
                        Query(
                            quantile(0.95, P + "cold_start_seconds", "endpoint, cause", BY_ENDPOINT),
                            "{{endpoint}} {{cause}}",
                        ),
                    ),
                ),
                Panel(
                    "Seconds spent on cold starts",
                    "All of them added up, per second: above 1 there is always something starting.",
                    "short",
                    cold_starts("rate", "sum"),
                ),
            ),
        ),
        Row(
            "What clients felt",
            (
                Panel(
                    "First byte of new sessions",
                    "New sessions wait for placement, and for the whole context to be computed.",
                    "s",
                    quantiles(P + "time_to_first_byte_seconds", where=BY_VARIANT + ', session="new"'),
                ),
                Panel(
                    "No instance, or not ready",
                    "Requests that were put off because nothing could take them.",
                    "reqps",
                    (
                        Query(
                            total(
                                "endpoint, outcome",
                                P + "requests_total",
                                BY_ENDPOINT
                                + ', outcome=~"no_healthy_instance|instance_unreachable|model_not_ready"',
                            ),
                            "{{endpoint}} {{outcome}}",
                        ),
                    ),
                ),
                Panel(
                    "Instances that take work",
                    "Healthy instances of each endpoint.",
                    "short",
                    (Query(f"sum by (endpoint) ({HEALTHY_BY_INSTANCE})", "{{endpoint}}"),),
                ),
            ),
        ),
        Row(
            "Models, as the router sees them",
            (
                Panel(
                    "Models loaded",
                    "Models on the instances of multi-model endpoints; one on two counts twice.",
                    "short",
                    (
                        Query(
                            once(f"{P}models_loaded{{{BY_VARIANT}}}", "endpoint, variant"),
                            "{{endpoint}} {{variant}}",
                        ),
                    ),
                ),
                Panel(
                    "Model loads by outcome",
                    "Loads that ended. More than one in a while for the same model: it is unloaded"
                    " for others and asked for again.",
                    "short",
                    (
                        Query(
                            "sum by (endpoint, outcome) (increase("
                            f"{P}model_loads_total{{{BY_VARIANT}}}[$__rate_interval]))",
                            "{{endpoint}} {{outcome}}",
                        ),
                    ),
                ),
                Panel(
                    "Models unloaded for others",
                    "Models that made room: there is not memory for all that are asked for.",
                    "short",
                    (
                        Query(
                            "sum by (endpoint, variant) (increase("
                            f"{P}model_unloads_total{{{BY_VARIANT}}}[$__rate_interval]))",
                            "{{endpoint}} {{variant}}",
                        ),
                    ),
                ),
                Panel(
                    "How long loads took",
                    "From a load's begin to its end, however it ended.",
                    "s",
                    quantiles(P + "model_load_seconds", exemplars=False),
                ),
                Panel(
                    "How long requests waited for a model",
                    "Of the requests that had to wait and got their model; it is a part of their time"
                    " to the first byte.",
                    "s",
                    quantiles(P + "model_wait_seconds", exemplars=False),
                ),
                Panel(
                    "Requests that waited for a model",
                    "Share of the requests of multi-model endpoints: what is left is the hit ratio of"
                    " the models.",
                    "percentunit",
                    (
                        Query(
                            total("endpoint", P + "model_wait_seconds_count")
                            + " / "
                            + total("endpoint", P + "requests_total"),
                            "{{endpoint}}",
                        ),
                    ),
                    defaults={"min": 0},
                ),
            ),
        ),
        Row(
            "Models, as the containers tell",
            (
                Panel(
                    "Models in containers",
                    "Models that serve, and models on their way in.",
                    "short",
                    (
                        Query(f"{M}models_loaded{{{CONTAINER}}}", "{{instance}} loaded"),
                        Query(f"{M}models_loading{{{CONTAINER}}}", "{{instance}} loading"),
                    ),
                ),
                Panel(
                    "Memory of models",
                    "Share of the memory for models, with their sessions, that is reserved.",
                    "percentunit",
                    (
                        Query(
                            f"{M}model_memory_used_bytes{{{CONTAINER}}}"
                            f" / {M}model_memory_limit_bytes{{{CONTAINER}}}",
                            "{{instance}}",
                        ),
                    ),
                    defaults={"min": 0, "max": 1},
                ),
                stacked(
                    (
                        "Where a load's time goes",
                        "Mean seconds of a load's phases: waiting for its turn, fetching the archive,"
                        " unpacking it, reading it into the engine, a first answer.",
                        "s",
                    ),
                    Query(
                        f"sum by (phase) ({rate(M + 'model_load_seconds_sum', CONTAINER)})"
                        f" / sum by (phase) ({rate(M + 'model_load_seconds_count', CONTAINER)})",
                        "{{phase}}",
                    ),
                ),
                Panel(
                    "Loads and unloads in containers",
                    "By how they ended; what another router or an operator did is in it.",
                    "short",
                    (
                        Query(
                            "sum by (outcome) (increase("
                            f"{M}model_loads_total{{{CONTAINER}}}[$__rate_interval]))",
                            "load: {{outcome}}",
                        ),
                        Query(
                            "sum(increase("
                            f"{M}models_unloaded_total{{{CONTAINER}}}[$__rate_interval]))",
                            "unloaded",
                        ),
                    ),
                ),
                Panel(
                    "Requests by model",
                    "Requests that use each model now, over all containers.",
                    "short",
                    (Query(f"sum by (model) ({M}model_requests{{{CONTAINER}}})", "{{model}}"),),
                ),
                Panel(
                    "Sessions by model",
                    "Sessions that containers hold of each model; a model with one is not unloaded.",
                    "short",
                    (
                        Query(
                            f'sum by (model) ({M}sessions{{{CONTAINER}, model!=""}})',
                            "{{model}}",
                        ),
                    ),
                ),
            ),
        ),
    ),
    variables=("job", "endpoint", "variant", "container_job"),
)

INTERNALS = Dashboard(
    "session-router-internals",
    "Session Router / Internals",
    "The router itself: what it adds to a request, its CPU and memory, its event loops, Redis.",
    (
        Row(
            "What the router adds",
            (
                Panel(
                    "Overhead",
                    "The router's part of the time to the first byte: everything but the container's"
                    " part.",
                    "s",
                    quantiles(P + "overhead_seconds"),
                ),
                Panel(
                    "Container latency",
                    "The container's part of it: from the request's head on the connection to the"
                    " answer's head.",
                    "s",
                    quantiles(P + "container_latency_seconds"),
                ),
                Panel(
                    "Bytes",
                    "Bodies received from clients, and answers relayed to them.",
                    "Bps",
                    (
                        Query(f"sum({rate(P + 'request_bytes_total')})", "requests"),
                        Query(f"sum({rate(P + 'response_bytes_total')})", "responses"),
                    ),
                ),
            ),
        ),
        Row(
            "The process",
            (
                Panel(
                    "CPU",
                    "Cores that each replica uses.",
                    "short",
                    (
                        Query(
                            f"process_cpu_usage{{{ROUTER}}} * system_cpu_count{{{ROUTER}}}",
                            "{{instance}}",
                        ),
                    ),
                ),
                Panel(
                    "Memory",
                    "Heap in use, and what Netty's buffers hold.",
                    "bytes",
                    (
                        Query(
                            f'sum by (instance) (jvm_memory_used_bytes{{{ROUTER}, area="heap"}})',
                            "{{instance}} heap",
                        ),
                        Query(
                            "sum by (instance) ("
                            f'netty_allocator_memory_used{{{ROUTER}, memory_type="direct"}})',
                            "{{instance}} buffers",
                        ),
                    ),
                ),
                Panel(
                    "Garbage collection",
                    "Share of the time that the collector stops the router.",
                    "percentunit",
                    (
                        Query(
                            f"sum by (instance) ({rate('jvm_gc_pause_seconds_sum', ROUTER)})",
                            "{{instance}}",
                        ),
                    ),
                ),
                Panel(
                    "Event loops: delay",
                    "How late the event loops come to what is due: above some milliseconds, something"
                    " blocks them or there is too little CPU.",
                    "s",
                    quantiles(P + "event_loop_delay_seconds", where=ROUTER, exemplars=False),
                ),
                Panel(
                    "Event loops: waiting",
                    "Tasks that wait in the event loops' queues.",
                    "short",
                    (
                        Query(
                            f"sum by (instance) (netty_eventexecutor_tasks_pending{{{ROUTER}}})",
                            "{{instance}}",
                        ),
                    ),
                ),
                Panel(
                    "Connections",
                    "Open client connections, and open files of the process.",
                    "short",
                    (
                        Query(f"sum by (instance) ({P}client_connections{{{ROUTER}}})", "{{instance}} clients"),
                        Query(f"process_files_open_files{{{ROUTER}}}", "{{instance}} files"),
                    ),
                ),
            ),
        ),
        Row(
            "Redis",
            (
                Panel(
                    "Available",
                    "1 while Redis answers this replica.",
                    "short",
                    (Query(f"{P}store_available{{{ROUTER}}}", "{{instance}}"),),
                    defaults={"min": 0, "max": 1},
                    width=6,
                ),
                Panel(
                    "Latency by command (p95)",
                    "From sending a command to its answer or failure.",
                    "s",
                    (
                        Query(
                            quantile(0.95, P + "store_command_seconds", "command", ROUTER),
                            "{{command}}",
                        ),
                    ),
                    width=6,
                ),
                Panel(
                    "Commands",
                    "Commands that the router sends to Redis.",
                    "ops",
                    (
                        Query(
                            total("command", P + "store_command_seconds_count", ROUTER),
                            "{{command}}",
                        ),
                    ),
                    width=6,
                ),
                Panel(
                    "Errors and connections",
                    "Commands that failed, and connections that were lost and came up again.",
                    "ops",
                    (
                        Query(total("reason", P + "store_errors_total", ROUTER), "error: {{reason}}"),
                        Query(total("link", P + "store_disconnects_total", ROUTER), "lost: {{link}}"),
                        Query(total("link", P + "store_connects_total", ROUTER), "up: {{link}}"),
                    ),
                    width=6,
                ),
            ),
        ),
        Row(
            "Discovery",
            (
                Panel(
                    "Answers",
                    "1 while the API server, or the name servers, answer this replica. While they do"
                    " not, the instances stay that it knows. Empty where all instances are configured.",
                    "short",
                    (
                        Query(
                            f"{P}discovery_connected{{{ROUTER}}}",
                            "{{instance}} {{endpoint}} {{variant}} ({{source}})",
                        ),
                    ),
                    defaults={"min": 0, "max": 1},
                    width=6,
                ),
                Panel(
                    "Age of what is known",
                    "How long ago the source last told something, or that nothing changed. A watch"
                    " hears of it within a minute or two, a look-up with every interval.",
                    "s",
                    (
                        Query(
                            "max by (endpoint, variant, source)"
                            f" ({P}discovery_age_seconds{{{ROUTER}}})",
                            "{{endpoint}} {{variant}} ({{source}})",
                        ),
                    ),
                    width=6,
                ),
                Panel(
                    "Lists and look-ups",
                    "Times that all instances were asked for. A watch that works asks once, and then"
                    " only when the API server has forgotten what changed since.",
                    "ops",
                    (
                        Query(
                            total("endpoint, variant, source", P + "discovery_queries_total", ROUTER),
                            "{{endpoint}} {{variant}} ({{source}})",
                        ),
                    ),
                    width=6,
                ),
                Panel(
                    "Errors by reason",
                    "Answers that did not come or were of no use. expired is part of life: a new list"
                    " is asked for.",
                    "ops",
                    (
                        Query(
                            total("source, reason", P + "discovery_errors_total", ROUTER),
                            "{{source}}: {{reason}}",
                        ),
                    ),
                    width=6,
                ),
            ),
        ),
        Row(
            "Builds",
            (
                Panel(
                    "Running",
                    "What each replica runs, and since when.",
                    "short",
                    (
                        Query(
                            f"{P}build_info{{{ROUTER}}} * on (job, instance)"
                            f" group_left () (process_start_time_seconds{{{ROUTER}}} * 1000)",
                            "__auto",
                            instant=True,
                        ),
                    ),
                    kind="table",
                    width=24,
                    height=6,
                    defaults={"unit": "dateTimeAsIso"},
                ),
            ),
        ),
    ),
)

DASHBOARDS = {
    "overview": OVERVIEW,
    "sessions": SESSIONS,
    "instances": INSTANCES,
    "cold-starts": COLD_STARTS,
    "internals": INTERNALS,
}

VARIABLES = {
    "job": ("Router job", f"label_values({P}build_info, job)"),
    "endpoint": ("Endpoint", f'label_values({P}sessions_opened_total{{job=~"$job"}}, endpoint)'),
    "variant": ("Variant", f"label_values({P}instance_healthy{{{BY_ENDPOINT}}}, variant)"),
    "model_instance": (
        "Instance",
        f"label_values({P}instance_healthy{{{BY_VARIANT}}}, model_instance)",
    ),
    "container_job": ("Container job", f"label_values({M}device_memory_free_bytes, job)"),
}

ANNOTATIONS = (
    (
        "Deploys",
        "blue",
        f"process_start_time_seconds{{{ROUTER}}} * 1000 * on (job, instance)"
        f" group_left (version) {P}build_info{{{ROUTER}}}",
        "{{instance}} started",
        "version {{version}}",
        True,
    ),
    (
        "Lost instances",
        "red",
        "max by (endpoint, variant, to) (increase("
        f'{P}instance_state_changes_total{{{ROUTER}, to=~"gone|left"}}[$__interval])) > 0',
        "Instance {{to}}",
        "{{endpoint}} {{variant}}",
        False,
    ),
)


def variable(name):
    label, query = VARIABLES[name]
    return {
        "name": name,
        "label": label,
        "type": "query",
        "datasource": SOURCE,
        "definition": query,
        "query": {"qryType": 1, "query": query, "refId": "variable-" + name},
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        # Any job would be any program's; all jobs are the routers', or the containers'.
        "allValue": None if name.endswith("job") else ".*",
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
        "options": [],
        "regex": "",
        "hide": 0,
    }


def datasource():
    return {
        "name": "datasource",
        "label": "Prometheus",
        "type": "datasource",
        "query": "prometheus",
        "current": {},
        "options": [],
        "refresh": 1,
        "regex": "",
        "hide": 0,
        "multi": False,
        "includeAll": False,
    }


def annotation(name, color, expr, title, text, value_is_time):
    return {
        "name": name,
        "enable": True,
        "hide": False,
        "iconColor": color,
        "datasource": SOURCE,
        "expr": expr,
        "step": "60s",
        "titleFormat": title,
        "textFormat": text,
        "useValueForTime": value_is_time,
    }


def link(dashboard):
    return {
        "title": dashboard.title.removeprefix("Session Router / "),
        "type": "link",
        "url": "/d/" + dashboard.uid,
        "tooltip": dashboard.description,
        "icon": "dashboard",
        "asDropdown": False,
        "includeVars": True,
        "keepTime": True,
        "targetBlank": False,
        "tags": [],
    }


def target(index, query, kind):
    return {
        "refId": chr(ord("A") + index),
        "datasource": SOURCE,
        "editorMode": "code",
        "expr": query.expr,
        "legendFormat": query.legend,
        "exemplar": query.exemplars,
        "instant": query.instant,
        "range": not query.instant,
        "format": "table" if kind == "table" else "time_series",
    }


TIMESERIES_OPTIONS = {
    "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
    "tooltip": {"mode": "multi", "sort": "desc"},
}
TIMESERIES_CUSTOM = {"drawStyle": "line", "fillOpacity": 10, "lineWidth": 1, "showPoints": "never"}


def panel_json(number, panel, x, y):
    defaults = {"unit": panel.unit, **panel.defaults}
    options = dict(panel.options)
    if panel.kind == "timeseries":
        defaults["custom"] = {**TIMESERIES_CUSTOM, **panel.defaults.get("custom", {})}
        options = {**TIMESERIES_OPTIONS, **options}
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.description,
        "datasource": SOURCE,
        "gridPos": {"x": x, "y": y, "w": panel.width, "h": panel.height},
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": options,
        "targets": [target(i, q, panel.kind) for i, q in enumerate(panel.queries)],
    }


def row_json(number, row, y):
    return {
        "id": number,
        "type": "row",
        "title": row.title,
        "collapsed": False,
        "gridPos": {"x": 0, "y": y, "w": WIDTH, "h": 1},
        "panels": [],
    }


def panels_json(rows):
    """Lays panels out from left to right, and on a new line when one is full."""
    panels, y = [], 0
    for row in rows:
        panels.append(row_json(len(panels) + 1, row, y))
        x, y, line = 0, y + 1, 0
        for panel in row.panels:
            if x + panel.width > WIDTH:
                x, y, line = 0, y + line, 0
            panels.append(panel_json(len(panels) + 1, panel, x, y))
            x, line = x + panel.width, max(line, panel.height)
        y += line
    return panels


def dashboard_json(dashboard):
    others = [other for other in DASHBOARDS.values() if other is not dashboard]
    return {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "description": dashboard.description,
        "tags": ["session-router"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-1h", "to": "now"},
        "timezone": "",
        "templating": {"list": [datasource()] + [variable(v) for v in dashboard.variables]},
        "annotations": {"list": [annotation(*a) for a in ANNOTATIONS]},
        "links": [link(other) for other in others],
        "panels": panels_json(dashboard.rows),
    }


def files():
    """Each file's name and text."""
    return {
        FOLDER / f"{name}.json": json.dumps(dashboard_json(dashboard), indent=2) + "\n"
        for name, dashboard in DASHBOARDS.items()
    }


def outdated():
    made = files()
    stale = [path for path, text in made.items() if not path.exists() or path.read_text() != text]
    return stale + [path for path in FOLDER.glob("*.json") if path not in made]


def main(arguments):
    if arguments == ["--check"]:
        stale = outdated()
        for path in stale:
            print(f"{path.name} is not what generate.py writes", file=sys.stderr)
        return 1 if stale else 0
    if arguments:
        print(__doc__, file=sys.stderr)
        return 2
    FOLDER.mkdir(exist_ok=True)
    for path, text in files().items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
