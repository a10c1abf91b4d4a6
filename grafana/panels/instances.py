"""Each instance: its state, sessions, work, memory and cache."""

from .parts import (
    BY_INSTANCE,
    BY_VARIANT,
    CONTAINER,
    Dashboard,
    M,
    P,
    Panel,
    Query,
    Row,
    once,
    quantile,
    rate,
    timeline,
)


def state() -> str:
    """Each instance's state as a number, which the panel shows as a word."""
    found = [
        once(f'{P}instance_state{{{BY_INSTANCE}, state="{name}"}}', "endpoint, model_instance")
        + f" * 0 + {number}"
        for number, name in enumerate(("healthy", "draining", "unknown", "unhealthy", "gone"))
    ]
    return " or ".join(reversed(found))


INSTANCES = Dashboard(
    "session-router-instances",
    "Session Router / Instances",
    "Each model container: its health, its sessions, its work, its memory.",
    (
        Row(
            "Fleet",
            (
                timeline(
                    "State",
                    "The state of each instance, as the router sees it; the worst one if its replicas"
                    " disagree.",
                    Query(state(), "{{endpoint}} {{model_instance}}"),
                    values=(
                        ("Accepting work", "green"),
                        ("Draining", "blue"),
                        ("Not checked yet", "gray"),
                        ("Unhealthy", "orange"),
                        ("Gone", "red"),
                    ),
                    width=16,
                ),
                Panel(
                    "State changes",
                    "How often instances entered a state. One that goes back and forth is flapping.",
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
                    "Requests in flight on each instance, from all replicas.",
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
            "As the containers report",
            (
                Panel(
                    "Sessions held",
                    "Sessions whose state each container holds. More than the router binds to it:"
                    " sessions that will expire.",
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
                    "Tokens that went through each model: prefill reads contexts, decode writes replies.",
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
                    "Turns being computed, and turns queued for the engine.",
                    "short",
                    (
                        Query(
                            f"sum by (instance) ({M}sequences_active{{{CONTAINER}}})",
                            "{{instance}} active",
                        ),
                        Query(
                            f"sum by (instance) ({M}sequences_waiting{{{CONTAINER}}})",
                            "{{instance}} queued",
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
                    "Engine step duration (p95)",
                    "How long one step takes: it bounds the time between two tokens.",
                    "s",
                    (Query(quantile(0.95, M + "step_seconds", "instance", CONTAINER), "{{instance}}"),),
                ),
                Panel(
                    "Time to first text (p95)",
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
