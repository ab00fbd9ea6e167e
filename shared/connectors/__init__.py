"""Connectors: one folder a vendor, pure but for its client."""
