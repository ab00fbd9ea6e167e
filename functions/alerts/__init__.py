"""The function that raises alerts on tier changes."""
