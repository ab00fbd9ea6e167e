"""Recurly: signed webhooks are hints, accounts with their subscriptions are fetched, MRR is computed here."""
