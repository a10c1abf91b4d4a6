"""The dashboards: one module each, of the parts in parts.py."""
