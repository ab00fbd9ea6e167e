"""What is told of tier changes, to whom and how often."""
