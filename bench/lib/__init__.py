"""What the benchmarks share: starting the parts, opening sessions, loading them, reporting."""
