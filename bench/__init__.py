"""The engine and the decoder beside their peers: the same rules, accounts and items, in one process."""
