"""Alerts: rules that raise them, their life, and the notices that tell the right person."""
