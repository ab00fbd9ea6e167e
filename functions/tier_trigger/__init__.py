"""The function that decides accounts' tiers."""
