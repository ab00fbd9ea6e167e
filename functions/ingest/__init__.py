"""The function that fetches what a webhook hints at and merges it into its account."""
