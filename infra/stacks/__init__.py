"""The stacks: what is kept (data), what works on it (service), what watches it (watch)."""
