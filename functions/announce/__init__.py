"""The function that publishes tier changes to the bus."""
