"""Accounts: their fields, the values that source records contribute, and how these combine."""
