"""The function that pulls what changed at a source, on a schedule or when asked."""
