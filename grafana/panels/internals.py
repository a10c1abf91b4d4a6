"""The router itself: its process, event loops, Redis and discovery."""

from .parts import (
    ROUTER,
    Dashboard,
    P,
    Panel,
    Query,
    Row,
    quantile,
    quantiles,
    rate,
    timeline,
    total,
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
                    "The router's part of the time to the first byte: everything but the container's part.",
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
                    "Garbage collection (JVM only)",
                    "Share of the time that the collector stops the router. The native binary does not"
                    " report it.",
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
                    "How late the event loops run their timers: above some milliseconds, something blocks"
                    " them or CPU is short.",
                    "s",
                    quantiles(P + "event_loop_delay_seconds", where=ROUTER, exemplars=False),
                ),
                Panel(
                    "Event loops: queued",
                    "Tasks queued in the event loops.",
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
                        Query(
                            f"sum by (instance) ({P}client_connections{{{ROUTER}}})", "{{instance}} clients"
                        ),
                        Query(f"process_files_open_files{{{ROUTER}}}", "{{instance}} files"),
                    ),
                ),
            ),
        ),
        Row(
            "Redis",
            (
                timeline(
                    "Connection",
                    "Whether Redis answers each replica.",
                    Query(f"{P}store_available{{{ROUTER}}}", "{{instance}}"),
                    values=(("No answer", "red"), ("Connected", "green")),
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
                timeline(
                    "Source",
                    "Whether the API server, or the name servers, answer each replica. While they do"
                    " not, the known instances stay. Empty where all instances are configured.",
                    Query(
                        f"{P}discovery_connected{{{ROUTER}}}",
                        "{{instance}} {{endpoint}} {{variant}} ({{source}})",
                    ),
                    values=(("No answer", "red"), ("Connected", "green")),
                    width=6,
                ),
                Panel(
                    "Age of the instance list",
                    "How long ago the source last confirmed or changed the list. A watch confirms it"
                    " within a minute or two, a look-up with every interval.",
                    "s",
                    (
                        Query(
                            f"max by (endpoint, variant, source) ({P}discovery_age_seconds{{{ROUTER}}})",
                            "{{endpoint}} {{variant}} ({{source}})",
                        ),
                    ),
                    width=6,
                ),
                Panel(
                    "Lists and look-ups",
                    "Requests for the whole list. A working watch asks once, and again only when the API"
                    " server no longer has the changes since then.",
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
                    "Requests that got no usable answer. expired is normal: the list is requested again.",
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
            "Configuration",
            (
                timeline(
                    "Newest in force",
                    "Whether each replica uses the newest configuration. If not, GET /v1/configuration and"
                    " the log say what is wrong with it.",
                    Query(f"{P}configuration_current{{{ROUTER}}}", "{{instance}}"),
                    values=(("Refused or partly", "red"), ("In force", "green")),
                    width=12,
                ),
                Panel(
                    "Changes by result",
                    "Changed files, per second, by what became of them.",
                    "ops",
                    (
                        Query(
                            total("result", P + "configuration_reads_total", ROUTER),
                            "{{result}}",
                        ),
                    ),
                    width=12,
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
