"""What had to start before it could answer, and what models do."""

from .parts import (
    BY_ENDPOINT,
    BY_VARIANT,
    CONTAINER,
    HEALTHY_BY_INSTANCE,
    Dashboard,
    M,
    P,
    Panel,
    Query,
    Row,
    once,
    quantile,
    quantiles,
    rate,
    rejected,
    stacked,
    total,
)

# Every replica waits for a container and counts it; a model is awaited by one of them.
CAUSES = (("max", BY_ENDPOINT + ', cause="instance_new"'), ("sum", BY_ENDPOINT + ', cause="model_load"'))


def cold_starts(function: str, part: str) -> tuple[Query, ...]:
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
    "Containers and models that had to start first: how long it took, and how long clients waited.",
    (
        Row(
            "Cold starts",
            (
                Panel(
                    "Cold starts by cause",
                    "instance_new: from a container's first failed health check to its first successful"
                    " one. model_load: a request asked for a model that no instance had loaded.",
                    "short",
                    cold_starts("increase", "count"),
                ),
                Panel(
                    "Cold start duration (p95)",
                    "Time until a container or a model that had to start was ready.",
                    "s",
                    (
                        Query(
                            quantile(0.95, P + "cold_start_seconds", "endpoint, cause", BY_ENDPOINT),
                            "{{endpoint}} {{cause}}",
                        ),
                    ),
                ),
                Panel(
                    "Time spent on cold starts",
                    "All of them added up, per second: above 1, at least one is always starting.",
                    "short",
                    cold_starts("rate", "sum"),
                ),
            ),
        ),
        Row(
            "What clients waited for",
            (
                Panel(
                    "First byte of new sessions",
                    "New sessions wait for placement, and for the whole context to be computed.",
                    "s",
                    quantiles(P + "time_to_first_byte_seconds", where=BY_VARIANT + ', session="new"'),
                ),
                Panel(
                    "Rejected: not ready",
                    "Requests rejected because no instance or model was ready: clients were asked to retry.",
                    "reqps",
                    (
                        rejected("no_healthy_instance", BY_ENDPOINT),
                        rejected("instance_unreachable", BY_ENDPOINT),
                        rejected("model_not_ready", BY_ENDPOINT),
                    ),
                ),
                Panel(
                    "Accepting work",
                    "Instances of each endpoint that get new work.",
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
                    "Model load duration",
                    "From the begin of a load to its end, successful or not.",
                    "s",
                    quantiles(P + "model_load_seconds", exemplars=False),
                ),
                Panel(
                    "Wait for a model",
                    "How long requests waited that got their model; it is a part of their time to the"
                    " first byte.",
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
            "Models, as the containers report",
            (
                Panel(
                    "Models in containers",
                    "Models that serve, and models being loaded.",
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
                        "Load duration by phase",
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
                    "By how they ended, including those of other routers and of operators.",
                    "short",
                    (
                        Query(
                            "sum by (outcome) (increase("
                            f"{M}model_loads_total{{{CONTAINER}}}[$__rate_interval]))",
                            "load: {{outcome}}",
                        ),
                        Query(
                            f"sum(increase({M}models_unloaded_total{{{CONTAINER}}}[$__rate_interval]))",
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
