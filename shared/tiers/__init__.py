"""Tiers: the model, the policy, and the engine that decides an account's tier with its reason."""
