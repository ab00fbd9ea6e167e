"""Hostile rule documents, made of real ones: `make fuzz-rules`."""
